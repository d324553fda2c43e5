package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

const about = `quantize shrinks the weights of a TensorFlow Lite model to int8 or float16. The
file is the one that TensorFlow's own Quantize Weights tool makes, byte for byte,
with the operators that turn weights back in ascending order.

The output is beside the model, model.tflite as model.int8.tflite, unless -o names
another place. It appears whole or not at all.`

const examples = `  quantize model.tflite
  quantize model.tflite --type float16 -o small.tflite
  quantize plan model.tflite | less -S
  quantize model.tflite --like upstream.tflite`

// A job is what the arguments of quantize ask for.
type job struct {
	optionFlags
	in, out string
	json    bool
}

func rootCommand() *cobra.Command {
	var j job
	c := &cobra.Command{
		Use:               "quantize MODEL.tflite",
		Short:             "Shrink the weights of a TensorFlow Lite model",
		Long:              about,
		Example:           examples,
		Args:              oneModel,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		RunE:              func(c *cobra.Command, args []string) error { return j.run(c, args[0]) },
	}
	c.SetFlagErrorFunc(flagError)
	c.SetUsageTemplate(c.UsageTemplate() + exitCodes)
	c.Flags().StringVarP(&j.out, "output", "o", "", "the `FILE` to write; FOLDER/ for the usual name in a folder")
	j.register(c)
	c.Flags().BoolVar(&j.json, "json", false, "print the report as JSON")
	c.RegisterFlagCompletionFunc("output", completeModels)
	c.AddCommand(planCommand(), versionCommand())
	return c
}

func (j *job) run(c *cobra.Command, model string) error {
	o, err := j.options(c.Flags())
	if err != nil {
		return err
	}
	j.in = model
	if err := j.chooseOutput(o.BufferType); err != nil {
		return err
	}
	report := c.OutOrStdout()
	if isSame(report, j.out) {
		report = c.ErrOrStderr()
	}
	if err := j.takeOrder(&o); err != nil {
		return err
	}
	bar := newProgress(c.ErrOrStderr())
	r, err := quantize.FileProgress(j.in, j.out, o, bar.show)
	bar.clear()
	if err != nil {
		return err
	}
	likeness, err := j.compare()
	if err != nil {
		return err
	}
	if j.json {
		return j.printJSON(report, r, &o, likeness)
	}
	warnUndefined(c.ErrOrStderr(), j.in, r.Undefined)
	return j.print(report, r, &o, likeness)
}

func (j *job) chooseOutput(t quantize.BufferType) error {
	if j.out == "" || os.IsPathSeparator(j.out[len(j.out)-1]) {
		out, err := defaultOutput(j.in, t)
		if err != nil {
			return err
		}
		if j.out != "" { // a folder, as for cp
			out = j.out + filepath.Base(out)
		}
		j.out = out
	}
	if j.like == "" {
		return nil
	}
	like, err := os.Stat(j.like)
	if err != nil {
		return nil // reading it says what is wrong
	}
	if out, err := os.Stat(j.out); err == nil && os.SameFile(like, out) {
		return usageErrorf("--like "+j.like, "it is also the output and would be overwritten; name another output with -o")
	}
	return nil
}

// defaultOutput is beside the model: model.tflite gives model.int8.tflite.
func defaultOutput(in string, t quantize.BufferType) (string, error) {
	if info, err := os.Stat(in); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return "", usageErrorf(in, "it is not a regular file, so there is no place beside it; name the output with -o")
	}
	const ext = ".tflite"
	base := in
	if n := len(in) - len(ext); n > 0 && strings.EqualFold(in[n:], ext) {
		base = in[:n]
	}
	return base + "." + t.String() + ext, nil
}

// isSame reports whether w is the file of that name, as for /dev/stdout.
func isSame(w io.Writer, name string) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	a, errA := f.Stat()
	b, errB := os.Stat(name)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func warnUndefined(stderr io.Writer, model string, undefined []string) {
	if len(undefined) == 0 {
		return
	}
	more := ""
	if n := len(undefined) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more, quantize plan lists them)", n)
	}
	fmt.Fprintf(stderr, "quantize: %s: warning: TensorFlow reads memory it should not for this model, what it makes of it means nothing: %s%s\n", printable(model), printable(undefined[0]), more)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
