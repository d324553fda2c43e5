package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

func planCommand() *cobra.Command {
	var j job
	c := &cobra.Command{
		Use:     "plan MODEL.tflite",
		Short:   "Say what would happen to every tensor, and why; writes nothing",
		Example: "  quantize plan model.tflite\n  quantize plan model.tflite --min-elements 1 --json",
		Args:    oneModel,
		RunE: func(c *cobra.Command, args []string) error {
			j.in = args[0]
			return j.plan(c)
		},
	}
	j.register(c)
	c.Flags().BoolVar(&j.json, "json", false, "print the plan as JSON")
	return c
}

func (j *job) plan(c *cobra.Command) error {
	o, err := j.options(c.Flags())
	if err != nil {
		return err
	}
	if err := j.takeOrder(&o); err != nil {
		return err
	}
	return quantize.View(j.in, func(m *tflite.ModelT) error {
		p, err := quantize.NewPlan(m, o)
		if errors.Is(err, quantize.ErrModel) {
			return fmt.Errorf("%s: %w", j.in, err)
		}
		if err != nil {
			return err
		}
		out := report.OfPlan(j.in, p)
		if j.json {
			return encode(c.OutOrStdout(), out)
		}
		return printPlan(c.OutOrStdout(), out)
	})
}

func printPlan(w io.Writer, p *report.Plan) error {
	for i, sg := range p.Subgraphs {
		t := table{right: []bool{true, false, false, true, false, false}}
		t.add(faint, "tensor", "type", "shape", "bytes", "what happens, and why", "name")
		for _, tensor := range sg.Tensors {
			style := faint
			if tensor.Changed() {
				style = plain
			}
			t.add(style, fmt.Sprint(tensor.Index), tensor.Type, shape(tensor.Shape), exact(int64(tensor.Bytes)), printable(tensor.Why), printable(tensor.Name))
		}
		title := fmt.Sprintf("subgraph %d", i)
		if sg.Name != "" {
			title += " " + printable(sg.Name)
		}
		if _, err := fmt.Fprintln(w, styled(title, strong, hasColour(w))); err != nil {
			return err
		}
		if err := t.print(w); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	lines := changes(&p.Summary)
	for _, u := range p.UpstreamUndefined {
		lines = append(lines, "what TensorFlow makes of this model means nothing: "+printable(u))
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// shape writes 1x3x3x8, and a dash for none.
func shape(dims []int32) string {
	if len(dims) == 0 {
		return "-"
	}
	words := make([]string, len(dims))
	for i, d := range dims {
		words[i] = fmt.Sprint(d)
	}
	return strings.Join(words, "x")
}
