package cli

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
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
	j.registerFlags(c)
	c.Flags().BoolVar(&j.json, "json", false, "print the plan as JSON")
	return c
}

func (j *job) plan(c *cobra.Command) error {
	o, err := j.flags.Options()
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
		title := fmt.Sprintf("subgraph %d", i)
		if sg.Name != "" {
			title += " " + text.Name(sg.Name, maxName)
		}
		if _, err := fmt.Fprintln(w, text.Styled(w, text.Strong, title)); err != nil {
			return err
		}
		if err := text.WriteTable(w, planColumns, planRows(m, p, i)); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	s := p.Summary(m)
	lines := changes(&s)
	for _, u := range p.Undefined {
		lines = append(lines, "what TensorFlow makes of this model means nothing: "+text.Name(u, maxSentence))
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// maxName is the width, in characters, that names of tensors have at most.
const maxName = 120

var planColumns = []text.Column{{Right: true}, {}, {Max: 40}, {Right: true}, {Max: maxReason}, {Max: maxName}}

// planRows are the rows of a subgraph's tensors.
func planRows(m *tflite.ModelT, p *quantize.Plan, subgraph int) iter.Seq[text.Row] {
	why := p.ExplainAll(m, subgraph)
	return func(yield func(text.Row) bool) {
		if !yield(text.Row{Style: text.Faint, Cells: []string{"tensor", "type", "shape", "bytes", "what happens, and why", "name"}}) {
			return
		}
		for k, tensor := range m.Subgraphs[subgraph].Tensors {
			style := text.Faint
			if p.Subgraphs[subgraph].Tensors[k].Action != quantize.Keep {
				style = text.Plain
			}
			bytes := text.Exact(int64(len(m.Buffers[tensor.Buffer].Data)))
			cells := []string{fmt.Sprint(k), tensor.Type.String(), shape(tensor.Shape), bytes, why[k], tensor.Name}
			if !yield(text.Row{Style: style, Cells: cells}) {
				return
			}
		}
	}
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
			row := tensorJSON{k, t.Name, t.Type.String(), append([]int32{}, t.Shape...), len(m.Buffers[t.Buffer].Data), plan.Action, plan.Reason, text.Cut(why[k], maxReason), nil}
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
