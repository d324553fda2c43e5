package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const about = `quantize makes a TensorFlow Lite model smaller: its weights become int8, a quarter
of their size, or float16, half of it. The output is the file that TensorFlow's own
Quantize Weights tool makes, byte for byte. Only the order of the DEQUANTIZE operators
that are added differs: TensorFlow's is another one in every run, here it is
ascending. Where TensorFlow's file would be broken, it is repaired, and the report says
so. Where nothing is quantized, or the new file would not be smaller, the output is the
model as it was. With --exact, the bytes are TensorFlow's in any case.

The output is written beside the model, model.tflite as model.int8.tflite, unless -o
names another file. It appears whole or not at all. In a bundle, such as a .task or a
.litertlm file, all models are quantized, and all else is kept.`

const examples = `  quantize model.tflite
  quantize model.tflite --type float16 -o small.tflite
  quantize model.tflite --keep "head/*"
  quantize plan model.tflite | less -S
  quantize model.tflite --like upstream.tflite`

// A job is what the arguments of quantize ask for.
type job struct {
	flags          *options.Flags
	in, out, like  string
	dir            string // for outputs
	inPlace        bool
	requireSmaller bool
	json, quiet    bool
	report         string // the page to write, "" for none
}

// quantizeCommand is the command without those that addCommands adds.
func quantizeCommand() *cobra.Command {
	var j job
	c := &cobra.Command{
		Use:               "quantize MODEL.tflite ...",
		Short:             "Shrink the weights of a TensorFlow Lite model",
		Long:              about,
		Example:           examples,
		Args:              someModels,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		RunE:              j.runAll,
	}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return options.FlagError(c.Root().Name(), c.Flags(), err) })
	c.SetUsageTemplate(c.UsageTemplate() + exitCodes)
	c.Flags().StringVarP(&j.out, "output", "o", "", "the `FILE` to write; FOLDER/ for the usual name in a folder, - for standard output")
	c.Flags().StringVarP(&j.dir, "dir", "d", "", "write outputs into the folder `DIR`, which is made where it is missing; models\nof a folder keep their places in it")
	c.Flags().BoolVar(&j.inPlace, "in-place", false, "write over the model; needed also where -o names the model")
	j.registerFlags(c)
	c.Flags().BoolVar(&j.requireSmaller, "require-smaller", false, "write nothing and fail where the output would not be smaller")
	c.Flags().BoolVar(&j.json, "json", false, "print the report as JSON")
	c.Flags().StringVar(&j.report, "report", "", "write the report as a page to `FILE.html` too: sizes, tensors, graph, runtimes")
	c.Flags().BoolVarP(&j.quiet, "quiet", "q", false, "print errors alone")
	c.RegisterFlagCompletionFunc("output", completeFiles("tflite"))
	c.RegisterFlagCompletionFunc("report", completeFiles("html"))
	c.RegisterFlagCompletionFunc("dir", completeFolders)
	c.Version = tensorFlowVersion // any, so that there is --version
	c.SetVersionTemplate("{{versionLines .Name}}")
	return c
}

// rootCommand is the command with all others under it.
func rootCommand() *cobra.Command {
	c := quantizeCommand()
	addCommands(c)
	return c
}

func addCommands(c *cobra.Command) {
	c.AddCommand(planCommand(), inspectCommand(), diffCommand(), verifyCommand(), compareCommand(), reportCommand(), recipeCommand(), repairsCommand(), versionCommand())
	c.SetHelpCommand(helpCommand())
}

// commandFor is the command for its arguments. Those that begin with a model name no other
// command, and then only a text of help has the others: to make them all is a part of the
// time that a small model takes.
func commandFor(args []string) *cobra.Command {
	if !beginsWithModel(args) {
		return rootCommand()
	}
	c := quantizeCommand()
	help := c.HelpFunc()
	c.SetHelpFunc(func(c *cobra.Command, args []string) {
		addCommands(c)
		addUsualCommands(c)
		help(c, args)
	})
	return c
}

// beginsWithModel tells that the first argument is a file, and the name of no command:
// these have no dots.
func beginsWithModel(args []string) bool {
	return len(args) > 0 && !strings.HasPrefix(args[0], "-") && strings.Contains(args[0], ".") && exists(args[0])
}

// runAll is run for one model, and runBatch for several.
func (j *job) runAll(c *cobra.Command, args []string) error {
	if j.dir != "" && j.out != "" {
		return usageErrorf("--dir: not together with --output: remove one of them")
	}
	if isBatch(args) {
		if j.report != "" {
			return usageErrorf("--report: takes one model, and several are given")
		}
		return j.runBatch(c, args)
	}
	return j.run(c, args[0])
}

func (j *job) run(c *cobra.Command, model string) error {
	q, word, err := j.flags.Quantizer()
	if err != nil {
		return err
	}
	j.in = model
	j.useStandard()
	if j.out == standardOutput && text.IsTerminal(c.OutOrStdout()) {
		return usageErrorf("--output: standard output is a terminal, which cannot show a model: name a file, or write to a pipe")
	}
	bundle, err := isBundle(j.in)
	if err != nil {
		return err
	}
	ext := ".tflite"
	if bundle {
		ext = filepath.Ext(j.in)
	}
	if err := j.chooseOutput(word, ext); err != nil {
		return err
	}
	if err := j.checkReport(bundle); err != nil {
		return err
	}
	if j.dir != "" {
		if err := makeFolder(j.dir); err != nil {
			return err
		}
	}
	out := c.OutOrStdout()
	if isSame(out, j.out) { // which holds before the output is written
		out = c.ErrOrStderr()
	}
	if j.quiet {
		out = io.Discard
	}
	if bundle {
		return j.runBundle(c, out)
	}
	if q, err = j.ordered(q); err != nil {
		return err
	}
	bar := progressOf(c)
	r, err := quantize.File(j.in, j.out, q, j.runOptions(bar)...)
	bar.clear()
	if err != nil {
		return err
	}
	if r.Like, err = j.compare(); err != nil {
		return err
	}
	l := listenerOf(c)
	if l != nil {
		l.Report(r, Words{reportHeadline(r), reportLines(r)})
	}
	if j.report != "" {
		if err := j.writePage(c, q); err != nil {
			return err
		}
	}
	if l != nil {
		return nil
	}
	if err := j.print(c, out, r); err != nil {
		return err
	}
	if r.Like != nil && !r.Like.Equal {
		return errDiffers
	}
	return nil
}

// errDiffers ends the command after a report that says so.
var errDiffers = errors.New("the output differs from the file of --like")

func (j *job) print(c *cobra.Command, out io.Writer, r *report.Report) error {
	if j.json {
		return encode(out, r)
	}
	if !j.quiet {
		noteUndefined(c, j.in, r.UpstreamUndefined)
	}
	return printReport(out, r)
}

func (j *job) runOptions(bar *progress) []quantize.RunOption {
	run := []quantize.RunOption{quantize.WithProgress(bar.show)}
	if j.keepsUnlessSmaller() {
		run = append(run, quantize.KeepUnlessSmaller())
	}
	if j.requireSmaller {
		run = append(run, quantize.RequireSmaller())
	}
	return run
}

// keepsUnlessSmaller tells that a model that would not be smaller stays as it is.
func (j *job) keepsUnlessSmaller() bool { return !j.flags.Exact() && j.like == "" }

func (j *job) chooseOutput(word, ext string) error {
	if j.inPlace {
		if err := j.chooseInPlace(); err != nil {
			return err
		}
	}
	if j.out == "" || os.IsPathSeparator(j.out[len(j.out)-1]) {
		out, err := defaultOutput(j.in, word, ext)
		if err != nil {
			return err
		}
		switch {
		case j.dir != "":
			out = filepath.Join(j.dir, filepath.Base(out))
		case j.out != "": // a folder, as for cp
			out = j.out + filepath.Base(out)
		}
		j.out = out
	}
	if j.like != "" && isSameFile(j.like, j.out) {
		return usageErrorf("--like: %s is also the output and would be overwritten: name another output with -o", j.like)
	}
	if !j.inPlace && isSameFile(j.in, j.out) {
		return usageErrorf("--output: %s is the model itself: add --in-place to write over it, or name another file", j.out)
	}
	return nil
}

// chooseInPlace makes the model the output.
func (j *job) chooseInPlace() error {
	if j.out != "" && !isSameFile(j.in, j.out) {
		return usageErrorf("--in-place: writes over %s, but -o names another file: remove one of them", j.in)
	}
	if isStream(j.in) {
		return usageErrorf("--in-place: %s is not a regular file: name the output with -o", j.in)
	}
	if j.out == "" {
		j.out = j.in
	}
	return nil
}

// isSameFile reports whether two names are those of one regular file.
func isSameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && x.Mode().IsRegular() && os.SameFile(x, y)
}

// defaultOutput is beside the model: model.tflite gives model.int8.tflite. ext is the
// extension of such files.
func defaultOutput(in, word, ext string) (string, error) {
	if isStream(in) {
		return "", usageErrorf("%s: not a regular file, so no output can be beside it: name the output with -o", in)
	}
	base := in
	if n := len(in) - len(ext); n > 0 && strings.EqualFold(in[n:], ext) {
		base = in[:n]
	}
	return base + "." + word + ext, nil
}

// undefinedInWords introduces what report.Summary.UpstreamUndefined says.
const (
	undefinedInWords = "this file is right; " + theirsInWords
	theirsInWords    = "that of TensorFlow's own tool may not be, as the tool reads memory that is not the model's"
)

// noteUndefined is for those who compare.
func noteUndefined(c *cobra.Command, model string, undefined []string) {
	if len(undefined) == 0 {
		return
	}
	more := ""
	if n := len(undefined) - 1; n > 0 {
		more = fmt.Sprintf(" (and %s more; quantize plan lists all)", text.Exact(int64(n)))
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s: %s: note: "+undefinedInWords+": %s%s\n", c.Name(), text.Printable(model), text.Name(undefined[0], maxSentence), more)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
