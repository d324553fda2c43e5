package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/report/page"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/inference"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/internal/verify"
)

const aboutReport = `report writes one HTML page about a model, or about a float model and a quantized file: what
takes the space, what operators compute in, every tensor with its error and a histogram of
its values, the graph with added operators, and which runtimes run the file. The page
loads nothing and can be sent as it is.

Where the file is one that quantize makes of the model, the page has the reasons and the
command too; the way is found as verify finds it.

The page is written beside the last model, as model.int8.report.html, unless -o names
another file.`

// A reporting is what the arguments of report ask for.
type reporting struct {
	out, comparison string
}

func reportCommand() *cobra.Command {
	var j reporting
	c := &cobra.Command{
		Use:   "report MODEL.tflite [QUANTIZED.tflite]",
		Short: "Write one HTML page about a model, or about what was made of it",
		Long:  aboutReport,
		Example: `  quantize report model.tflite model.int8.tflite
  quantize compare model.tflite model.int8.tflite --json > measured.json
  quantize report model.tflite model.int8.tflite --comparison measured.json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return oneModel(c, args)
			}
			return twoModels(c, args)
		},
		ValidArgsFunction: completeFiles("tflite"),
		RunE:              func(c *cobra.Command, args []string) error { return j.run(c, args) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&j.out, "output", "o", "", "the `FILE` to write; - for standard output")
	f.StringVar(&j.comparison, "comparison", "", "accuracy and latency from `FILE`, which quantize compare --json printed of the\nsame two models")
	c.RegisterFlagCompletionFunc("output", completeFiles("html"))
	c.RegisterFlagCompletionFunc("comparison", completeFiles("json"))
	return c
}

func (j *reporting) run(c *cobra.Command, models []string) error {
	if j.comparison != "" && len(models) < 2 {
		return usageErrorf("--comparison: is about two models: name the quantized one too")
	}
	if err := checkModels("report", models...); err != nil {
		return err
	}
	p := pageJob{ctx: c.Context(), float: models[0], out: j.out}
	last := models[len(models)-1]
	if len(models) > 1 {
		p.quantized = last
		step := newStep(c.ErrOrStderr())
		step.show("finding out how the file was made")
		err := p.findWay()
		step.clear()
		if err != nil {
			return err
		}
	}
	if j.comparison != "" {
		var err error
		if p.measured, err = readMeasured(j.comparison); err != nil {
			return err
		}
	}
	if p.out == "" {
		p.out = strings.TrimSuffix(last, filepath.Ext(last)) + ".report.html"
	}
	if err := checkPageOutput("--output", p.out, models...); err != nil {
		return err
	}
	if p.out == dash {
		return p.build(func(in *page.Input) error { return page.Write(p.ctx, c.OutOrStdout(), in) })
	}
	if err := p.write(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.OutOrStdout(), text.Printable(p.out))
	return err
}

// checkPageOutput is an error where a page would be written over one of the models.
func checkPageOutput(flag, out string, models ...string) error {
	for _, m := range models {
		if filepath.Clean(out) == filepath.Clean(m) || isSameFile(out, m) {
			return usageErrorf("%s: %s is one of the models and would be overwritten: name another file", flag, out)
		}
	}
	return nil
}

// A pageJob is a page that is to be written.
type pageJob struct {
	ctx              context.Context
	float, quantized string // quantized is "" for a page about one model
	out              string
	quantizer        quantize.Quantizer // that made the file, nil where it is not known
	keeps            bool               // a model that would not be smaller stays as it is
	command          string
	made             []string
	measured         *page.Measured
}

// findWay finds out how the file was made.
func (p *pageJob) findWay() error {
	r, err := verify.Made(p.ctx, p.float, p.quantized)
	switch {
	case err != nil:
		return err
	case r.Unchanged:
		p.made = []string{"The file is the model itself, byte for byte."}
		return nil
	case !r.Made:
		p.made = []string{"The file is none that this program makes of the model, so reasons, repairs and runtimes are not known. The differences are real: both files were read."}
		return nil
	}
	p.made = []string{"The file was made of the model, byte for byte as by this command:"}
	p.command = commandOf(r, p.float, p.quantized)
	p.keeps = !slices.Contains(r.Arguments, "--exact")
	p.quantizer, err = options.QuantizerOf(r.Arguments)
	return err
}

// write writes the page to its file.
func (p *pageJob) write() error {
	var content bytes.Buffer
	if err := p.build(func(in *page.Input) error { return page.Write(p.ctx, &content, in) }); err != nil {
		return err
	}
	file, err := output.Create(p.out)
	if err != nil {
		return quantize.WriteError(p.out, err)
	}
	defer file.Abort()
	if _, err := file.WriteAt(content.Bytes(), 0); err != nil {
		return quantize.WriteError(p.out, err)
	}
	if err := file.Commit(); err != nil {
		return quantize.WriteError(p.out, err)
	}
	return nil
}

// build calls write with what the page is made of.
func (p *pageJob) build(write func(in *page.Input) error) error {
	in := &page.Input{Command: p.command, Made: p.made, Measured: p.measured, Program: About()}
	return quantize.Describe(p.float, func(m *tflite.ModelT, r *report.Report) error {
		in.Before = &page.Model{Model: m, File: r}
		if p.quantized == "" {
			return write(in)
		}
		return quantize.Describe(p.quantized, func(m *tflite.ModelT, r *report.Report) error {
			in.After = &page.Model{Model: m, File: r}
			return p.plan(in, write)
		})
	})
}

// plan adds the plan that made the file, where it is known.
func (p *pageJob) plan(in *page.Input, write func(in *page.Input) error) error {
	if p.quantizer == nil {
		return write(in)
	}
	run := []quantize.RunOption{quantize.WithContext(p.ctx)}
	if p.keeps {
		run = append(run, quantize.KeepUnlessSmaller())
	}
	return quantize.Preview(p.float, p.quantizer, func(plan *quantize.Plan, r *report.Report) error {
		in.Plan = report.OfPlan(p.float, plan)
		in.Plan.SetFile(r)
		return write(in)
	}, run...)
}

// readMeasured reads what compare --json printed.
func readMeasured(path string) (*page.Measured, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usageErrorf("--comparison: %v", err)
	}
	var c inference.Comparison
	if err := json.Unmarshal(data, &c); err != nil || len(c.Kernels) == 0 {
		return nil, usageErrorf("--comparison: %s: not a comparison: want the output of quantize compare --json", path)
	}
	return measuredInWords(&c), nil
}

// Rows of a comparison that the page has at most.
const mostMeasured = 100

func measuredInWords(c *inference.Comparison) *page.Measured {
	m := &page.Measured{Title: fmt.Sprintf("%s, %s, %s: %s", cmp.Or(c.Runtime, "unknown runtime"), text.Count(c.Threads, "thread", "threads"), text.Count(len(c.Examples), "example", "examples"), strings.Join(c.Examples, ", "))}
	for _, k := range c.Kernels {
		row := page.Kernels{Name: cmp.Or(kernelWords[k.Name], k.Name), Error: k.Error, Outputs: outputsInWords(k.Outputs)}
		if l := k.Latency; l != nil {
			row.Time = &page.Time{Before: interval(l.A), After: interval(l.B), Words: latencyWords(l)}
		}
		m.Kernels = append(m.Kernels, row)
	}
	m.Layers = outputsInWords(worstLayers(c.Layers))
	return m
}

func interval(i inference.Interval) page.Interval {
	return page.Interval{Low: i.Low, Median: i.Median, High: i.High}
}

func outputsInWords(outputs []inference.Output) []page.Output {
	var out []page.Output
	for _, o := range outputs[:min(len(outputs), mostMeasured)] {
		row := page.Output{Name: o.Name, SNR: o.SNR, Largest: strconv.FormatFloat(o.Largest, 'g', 3, 64), SameArgmax: "–"}
		if o.Operator != "" {
			row.Name = o.Operator + " " + o.Name
		}
		if o.Rows > 0 {
			row.SameArgmax = fmt.Sprintf("%s of %s", text.Exact(int64(o.SameMax)), text.Exact(int64(o.Rows)))
		}
		if o.Note != "" {
			row = page.Output{Name: o.Name, SNR: "not compared: " + o.Note}
		}
		out = append(out, row)
	}
	return out
}

// checkReport is an error where the page of --report could not be made after the file.
func (j *job) checkReport(bundle bool) error {
	switch {
	case j.report == "":
		return nil
	case bundle:
		return usageErrorf("--report: %s is a bundle, and a model is expected: unpack it first", j.in)
	case isSameFile(j.in, j.out):
		return usageErrorf("--report: compares the output with the model, which is written over: name another output with -o")
	case isStream(j.in):
		return usageErrorf("--report: %s is no regular file, and is read several times: save it as a file first", j.in)
	case isStream(j.out):
		return usageErrorf("--report: the output is no regular file, and is read again: name a file with -o")
	case j.report == dash || isStream(j.report):
		return usageErrorf("--report: %s is no regular file: name a file, such as out.html", j.report)
	}
	return checkPageOutput("--report", j.report, j.in, j.out)
}

// writePage writes the page of --report, once the output is written.
func (j *job) writePage(c *cobra.Command, q quantize.Quantizer) error {
	p := pageJob{ctx: c.Context(), float: j.in, quantized: j.out, out: j.report, quantizer: q, keeps: j.keepsUnlessSmaller(), command: commandLine(c)}
	return p.write()
}
