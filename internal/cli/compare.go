package cli

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/internal/inference"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const aboutCompare = `compare runs two models, such as a float one and its quantized file, on the same inputs in
a TensorFlow Lite runtime, with its builtin kernels and with XNNPACK, and prints how far
the second model's outputs are from the first one's and which one is faster.

Without --inputs, both models get zeros, which are silence or a black image, and random
values, twice. Random values hide what matters: give real ones where there are any.

The runtime is that of Bazel, or --runtime PATH: a shared library with TensorFlow Lite's C
API, such as libtensorflowlite_c.so, or a Python that has the package ai-edge-litert,
tflite-runtime or tensorflow; else python3 where it has one of these.`

const compareExamples = `  quantize compare model.tflite model.int8.tflite
  quantize compare model.tflite model.int8.tflite --inputs photos/ --image-range 0,1
  quantize compare model.tflite model.int8.tflite --runtime ~/venv/bin/python --layers
  quantize compare model.tflite model.int8.tflite --inputs test.npz --min-snr 30   # in CI`

// A comparison is what the arguments of compare ask for.
type comparison struct {
	a, b       string
	runtime    string
	inputs     string
	imageRange string
	minimum    float64
	largest    float64 // percent of the first model's bytes, 0 for any
	noTime     bool
	json       bool
	options    inference.CompareOptions
}

func compareCommand() *cobra.Command {
	var j comparison
	c := &cobra.Command{
		Use:     "compare MODEL.tflite QUANTIZED.tflite",
		Short:   "Run two models on the same inputs: how different their outputs are, which one is faster",
		Long:    aboutCompare,
		Example: compareExamples,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) < 2:
				return usageErrorf("two models are compared: give the second one after the first, as in quantize compare model.tflite model.int8.tflite")
			case len(args) > 2:
				return usageErrorf("unexpected argument %q: two models are compared", args[2])
			}
			return nil
		},
		ValidArgsFunction: completeFiles("tflite"),
		RunE: func(c *cobra.Command, args []string) error {
			j.a, j.b = args[0], args[1]
			return j.run(c)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&j.inputs, "inputs", "", "inputs from `FILE`: .npz with an array for each input, .npy, .png, .jpg or\n.wav; or from all such files of a folder")
	f.StringVar(&j.imageRange, "image-range", "-1,1", "`LOW,HIGH`: what black and white of images are as float32")
	f.StringVar(&j.options.Signature, "signature", "", "run the signature `KEY` instead of the main subgraph")
	f.StringVar(&j.runtime, "runtime", "", "the runtime at `PATH`, a library or a Python")
	f.IntVar(&j.options.Threads, "threads", 1, "run with so many `THREADS`")
	f.BoolVar(&j.options.Layers, "layers", false, "compare every tensor that operators of both models compute")
	f.BoolVar(&j.noTime, "no-time", false, "measure no time")
	f.Float64Var(&j.minimum, "min-snr", math.Inf(-1), "fail, with exit code 8, where the signal to noise of an output is below `DB`\ndecibels")
	f.Float64Var(&j.largest, "max-size", 0, "fail, with exit code 8, where the second model has more than `PERCENT` of the\nfirst one's bytes")
	f.BoolVar(&j.json, "json", false, "print the comparison as JSON")
	f.Lookup("min-snr").DefValue = "0" // which is not printed
	return c
}

func (j *comparison) run(c *cobra.Command) error {
	if j.options.Layers && j.options.Signature != "" {
		return usageErrorf("--layers: compares the main subgraph: leave out --signature")
	}
	lo, hi, err := parseRange(j.imageRange)
	if err != nil {
		return err
	}
	if j.options.Threads < 1 {
		return usageErrorf("--threads: invalid number %d: want 1 or more", j.options.Threads)
	}
	if !(j.largest >= 0) {
		return usageErrorf("--max-size: invalid value %g: want percent, such as 30", j.largest)
	}
	if err := mustExist(j.a, j.b); err != nil {
		return err
	}
	if err := j.checkSize(); err != nil {
		return err
	}
	if j.inputs != "" {
		j.options.Examples = func(in []inference.Tensor) ([]inference.Example, error) {
			return inference.Load(j.inputs, in, lo, hi)
		}
	}
	if !j.noTime {
		j.options.Turn, j.options.Turns = turn, turns
	}
	r, err := inference.Find(j.runtime)
	if err != nil {
		return err
	}
	step := newStep(c.ErrOrStderr())
	j.options.Progress = step.show
	out, err := r.Compare(c.Context(), j.a, j.b, j.options)
	step.clear()
	if err != nil {
		return err
	}
	if j.json {
		err = encode(c.OutOrStdout(), out)
	} else {
		err = j.print(c.OutOrStdout(), out)
	}
	if err != nil {
		return err
	}
	return j.judge(out)
}

// Each model runs in turns of so long, so many times.
const (
	turn  = 50 * time.Millisecond
	turns = 11
)

func parseRange(s string) (lo, hi float64, err error) {
	a, b, ok := strings.Cut(s, ",")
	lo, errLow := strconv.ParseFloat(a, 64)
	hi, errHigh := strconv.ParseFloat(b, 64)
	if !ok || errLow != nil || errHigh != nil {
		return 0, 0, usageErrorf("--image-range: invalid range %q: want LOW,HIGH such as 0,1", s)
	}
	return lo, hi, nil
}

// judge is an error where an output is too far off, or nothing could be compared.
func (j *comparison) judge(c *inference.Comparison) error {
	compared := false
	for _, k := range c.Kernels {
		compared = compared || k.Error == ""
		for _, o := range k.Outputs {
			if o.Note == "" && !(o.Decibels() >= j.minimum) && !math.IsInf(j.minimum, -1) {
				return &outOfBounds{fmt.Sprintf("%s: output %q has a signal to noise of %s in the %s kernels: --min-snr wants %g dB", j.b, o.Name, o.SNR, k.Name, j.minimum)}
			}
		}
	}
	if !compared {
		why := "see above"
		if j.json && len(c.Kernels) > 0 { // which is for programs, who show people the error alone
			why = c.Kernels[0].Error
		}
		return fmt.Errorf("the runtime does not run both models: %s; --runtime PATH names another", why)
	}
	return nil
}

// checkSize is an error where the second model is larger than --max-size allows.
func (j *comparison) checkSize() error {
	before, after := fileSize(j.a), fileSize(j.b)
	if j.largest == 0 || float64(after) <= j.largest/100*float64(before) {
		return nil
	}
	return &outOfBounds{fmt.Sprintf("%s: has %s, %s of the %s of %s: --max-size wants at most %g %%",
		j.b, text.Size(after), text.Percent(after, before), text.Size(before), j.a, j.largest)}
}

func fileSize(path string) int64 {
	if info, err := os.Stat(path); err == nil {
		return info.Size()
	}
	return 0
}

// An outOfBounds error is that of --min-snr and --max-size.
type outOfBounds struct{ words string }

func (e *outOfBounds) Error() string { return e.words }

func (j *comparison) print(w io.Writer, c *inference.Comparison) error {
	fmt.Fprintf(w, "%s against %s: %s against %s\n", text.Name(j.b, maxName), text.Name(j.a, maxName), text.Size(fileSize(j.b)), text.Size(fileSize(j.a)))
	if c.Runtime != "" {
		fmt.Fprintf(w, "%s, %s, %s: %s\n", c.Runtime, text.Count(c.Threads, "thread", "threads"), text.Count(len(c.Examples), "example", "examples"), text.Cut(strings.Join(c.Examples, ", "), maxName))
	}
	for _, k := range c.Kernels {
		fmt.Fprintf(w, "\n%s\n", text.Styled(w, text.Strong, kernelWords[k.Name]))
		if k.Error != "" {
			fmt.Fprintf(w, "  not run: %s\n", text.Name(k.Error, maxSentence))
			continue
		}
		rows := slices.Values(outputRows("output", k.Outputs))
		if err := text.WriteTable(w, outputColumns, rows); err != nil {
			return err
		}
		if l := k.Latency; l != nil {
			fmt.Fprintf(w, "  time: %s\n", latencyWords(l))
		}
	}
	return j.printLayers(w, c.Layers)
}

var kernelWords = map[string]string{"builtin": "builtin kernels", "xnnpack": "XNNPACK"}

var outputColumns = []text.Column{{}, {Right: true}, {Right: true}, {Right: true}, {Max: maxName}}

// outputRows are a table's head and a row for each output.
func outputRows(kind string, outputs []inference.Output) []text.Row {
	rows := []text.Row{{Style: text.Faint, Cells: []string{"", "signal to noise", "largest error", "same argmax", kind}}}
	for _, o := range outputs {
		cells := []string{o.Operator, o.SNR, strconv.FormatFloat(o.Largest, 'g', 3, 64), "-", text.Name(o.Name, maxName)}
		if o.Rows > 0 {
			cells[3] = fmt.Sprintf("%s of %s", text.Exact(int64(o.SameMax)), text.Exact(int64(o.Rows)))
		}
		if o.Note != "" {
			cells = []string{"", "-", "-", "-", text.Name(o.Name+": not compared: "+o.Note, maxName)}
		}
		rows = append(rows, text.Row{Cells: cells})
	}
	return rows
}

// maxLayers are the layers that are printed; --json has all.
const maxLayers = 20

// printLayers prints the layers with the most noise.
func (j *comparison) printLayers(w io.Writer, layers []inference.Output) error {
	if layers == nil {
		return nil
	}
	worst := worstLayers(layers)
	title := fmt.Sprintf("layers with the most noise, %d of %d, builtin kernels", len(worst), len(layers))
	fmt.Fprintf(w, "\n%s\n", text.Styled(w, text.Strong, title))
	return text.WriteTable(w, outputColumns, slices.Values(outputRows("tensor", worst)))
}

// worstLayers are those with the most noise, maxLayers at most.
func worstLayers(layers []inference.Output) []inference.Output {
	worst := slices.Clone(layers)
	slices.SortStableFunc(worst, func(a, b inference.Output) int { return cmp.Compare(a.Decibels(), b.Decibels()) })
	return worst[:min(len(worst), maxLayers)]
}

// latencyWords says which model is faster, where the turns agree.
func latencyWords(l *inference.Latency) string {
	words := fmt.Sprintf("%s -> %s ms, ", text.Figures(l.A.Median), text.Figures(l.B.Median))
	f := l.Faster
	between := fmt.Sprintf("%.2f to %.2f", f.Low, f.High)
	switch {
	case f.Low > 1:
		return words + fmt.Sprintf("%.2fx faster (%s in eight of ten turns)", f.Median, between)
	case f.High < 1:
		return words + fmt.Sprintf("%.2fx slower (%.2f to %.2f in eight of ten turns)", 1/f.Median, 1/f.High, 1/f.Low)
	}
	return words + fmt.Sprintf("too noisy to tell which is faster (%s times)", between)
}

// A step is a line on a terminal that says what is going on.
type step struct{ w io.Writer }

func newStep(w io.Writer) *step {
	if !text.IsTerminal(w) {
		w = nil
	}
	return &step{w}
}

func (s *step) show(words string) {
	if s.w != nil {
		fmt.Fprintf(s.w, "\r\x1b[K%s ...", text.Cut(words, max(text.Width(s.w), 40)-5))
	}
}

// clear removes the line.
func (s *step) clear() {
	if s.w != nil {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}
