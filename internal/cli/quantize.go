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
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const about = `quantize makes a TensorFlow Lite model smaller: its weights become int8, a quarter
of their size, or float16, half of it. The output is the file that TensorFlow's own
Quantize Weights tool makes, byte for byte. Only the order of the DEQUANTIZE operators
that are added differs: TensorFlow's is another one in every run, here it is
ascending.

The output is written beside the model, model.tflite as model.int8.tflite, unless -o
names another file. It appears whole or not at all.`

const examples = `  quantize model.tflite
  quantize model.tflite --type float16 -o small.tflite
  quantize model.tflite --keep "head/*"
  quantize plan model.tflite | less -S
  quantize model.tflite --like upstream.tflite`

// A job is what the arguments of quantize ask for.
type job struct {
	flags         *options.Flags
	in, out, like string
	json          bool
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
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return options.FlagError(c.Flags(), err) })
	c.SetUsageTemplate(c.UsageTemplate() + exitCodes)
	c.Flags().StringVarP(&j.out, "output", "o", "", "the `FILE` to write; FOLDER/ for the usual name in a folder")
	j.registerFlags(c)
	c.Flags().BoolVar(&j.json, "json", false, "print the report as JSON")
	c.RegisterFlagCompletionFunc("output", completeFiles("tflite"))
	c.AddCommand(planCommand(), repairsCommand(), versionCommand())
	c.SetHelpCommand(helpCommand())
	return c
}

func (j *job) run(c *cobra.Command, model string) error {
	q, weights, err := j.flags.Quantizer()
	if err != nil {
		return err
	}
	j.in = model
	if err := j.chooseOutput(weights); err != nil {
		return err
	}
	out := c.OutOrStdout()
	if isSame(out, j.out) { // which holds before the output is written
		out = c.ErrOrStderr()
	}
	if q, err = j.ordered(q); err != nil {
		return err
	}
	bar := newProgress(c.ErrOrStderr())
	r, err := quantize.File(j.in, j.out, q, quantize.WithProgress(bar.show))
	bar.clear()
	if err != nil {
		return err
	}
	if r.Like, err = j.compare(); err != nil {
		return err
	}
	if j.json {
		return encode(out, r)
	}
	warnUndefined(c.ErrOrStderr(), j.in, r.UpstreamUndefined)
	return printReport(out, r)
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
		return usageErrorf("--like: %s is also the output and would be overwritten: name another output with -o", j.like)
	}
	return nil
}

// defaultOutput is beside the model: model.tflite gives model.int8.tflite.
func defaultOutput(in string, t quantize.BufferType) (string, error) {
	if info, err := os.Stat(in); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return "", usageErrorf("%s: not a regular file, so no output can be beside it: name the output with -o", in)
	}
	const ext = ".tflite"
	base := in
	if n := len(in) - len(ext); n > 0 && strings.EqualFold(in[n:], ext) {
		base = in[:n]
	}
	return base + "." + t.String() + ext, nil
}

// undefinedInWords introduces what report.Summary.UpstreamUndefined says.
const undefinedInWords = "TensorFlow's own tool reads beyond the data of this model, so its file cannot be compared"

func warnUndefined(stderr io.Writer, model string, undefined []string) {
	if len(undefined) == 0 {
		return
	}
	more := ""
	if n := len(undefined) - 1; n > 0 {
		more = fmt.Sprintf(" (and %s more; quantize plan lists all)", text.Exact(int64(n)))
	}
	fmt.Fprintf(stderr, "quantize: %s: warning: "+undefinedInWords+": %s%s\n", text.Printable(model), text.Name(undefined[0], maxSentence), more)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
