package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
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
		if j.json {
			return j.planJSON(c.OutOrStdout(), m, p)
		}
		return j.printPlan(c.OutOrStdout(), m, p)
	})
}

func (j *job) printPlan(w io.Writer, m *tflite.ModelT, p *quantize.Plan) error {
	for i, sg := range m.Subgraphs {
		t := table{right: []bool{true, false, false, true, false, false}}
		t.add(faint, "tensor", "type", "shape", "bytes", "what happens, and why", "name")
		why := p.ExplainAll(m, i)
		for k, tensor := range sg.Tensors {
			plan := &p.Subgraphs[i].Tensors[k]
			style := faint
			if plan.Action != quantize.Keep {
				style = plain
			}
			t.add(style, fmt.Sprint(k), tensor.Type.String(), shape(tensor.Shape), exact(int64(len(m.Buffers[tensor.Buffer].Data))), printable(why[k]), printable(tensor.Name))
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
	s := p.Summary(m)
	lines := changes(&s)
	for _, u := range p.Undefined {
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

type tensorJSON struct {
	Index     int             `json:"index"`
	Name      string          `json:"name"`
	Type      string          `json:"type"`
	Shape     []int32         `json:"shape"`
	Bytes     int             `json:"bytes"`
	Action    quantize.Action `json:"action"`
	Reason    quantize.Reason `json:"reason"`
	Why       string          `json:"why"`
	Dimension *int32          `json:"quantized_dimension,omitempty"`
}

type subgraphJSON struct {
	Name    string       `json:"name"`
	Tensors []tensorJSON `json:"tensors"`
}

func (j *job) planJSON(w io.Writer, m *tflite.ModelT, p *quantize.Plan) error {
	subgraphs := []subgraphJSON{}
	for i, sg := range m.Subgraphs {
		out := subgraphJSON{sg.Name, []tensorJSON{}}
		why := p.ExplainAll(m, i)
		for k, t := range sg.Tensors {
			plan := &p.Subgraphs[i].Tensors[k]
			row := tensorJSON{k, t.Name, t.Type.String(), append([]int32{}, t.Shape...), len(m.Buffers[t.Buffer].Data), plan.Action, plan.Reason, why[k], nil}
			if plan.Action == quantize.Int8PerChannel {
				row.Dimension = &plan.ChannelDim
			}
			out.Tensors = append(out.Tensors, row)
		}
		subgraphs = append(subgraphs, out)
	}
	s := p.Summary(m)
	return encode(w, struct {
		Model string `json:"model"`
		summaryJSON
		Subgraphs []subgraphJSON `json:"subgraphs"`
	}{j.in, summaryOf(&s, &p.Options), subgraphs})
}
