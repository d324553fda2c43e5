package cli

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

func planCommand() *cobra.Command {
	var j job
	c := &cobra.Command{
		Use:     "plan MODEL.tflite",
		Short:   "Print what would happen to every tensor, and why; write no model",
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
	q, _, err := j.flags.Quantizer()
	if err != nil {
		return err
	}
	bundle, err := isBundle(j.in)
	if err != nil {
		return err
	}
	if bundle {
		o, err := j.flags.Options()
		if err != nil {
			return err
		}
		return j.planBundle(c, o)
	}
	if q, err = j.ordered(q); err != nil {
		return err
	}
	return quantize.View(j.in, func(m *tflite.ModelT) error {
		p, err := quantize.NewCheckedPlan(c.Context(), m, q)
		if errors.Is(err, quantize.ErrModel) {
			return fmt.Errorf("%s: %w", j.in, err)
		}
		if err != nil {
			return err
		}
		out := report.OfPlan(j.in, p)
		if err := out.Warn(c.Context(), p); err != nil {
			return err
		}
		if j.json {
			return encode(c.OutOrStdout(), out)
		}
		return printPlan(c.OutOrStdout(), out)
	})
}

func printPlan(w io.Writer, p *report.Plan) error {
	for i, sg := range p.Subgraphs {
		title := fmt.Sprintf("subgraph %d", i)
		if sg.Name != "" {
			title += " " + text.Name(sg.Name, maxName)
		}
		if _, err := fmt.Fprintln(w, text.Styled(w, text.Strong, title)); err != nil {
			return err
		}
		if err := text.WriteTable(w, planColumns, planRows(&sg)); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	lines := append(changes(&p.Summary), repairsInWords(&p.Summary)...)
	for _, u := range p.UpstreamUndefined {
		lines = append(lines, "the file will be right; "+theirsInWords+": "+text.Name(u, maxSentence))
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// maxName is the width, in characters, that names of tensors have at most.
const maxName = 120

var planColumns = []text.Column{{Right: true}, {}, {Max: 40}, {Right: true}, {Max: maxReason}, {Max: maxName}}

// planRows are the rows of a subgraph's tensors.
func planRows(sg *report.Subgraph) iter.Seq[text.Row] {
	return func(yield func(text.Row) bool) {
		if !yield(text.Row{Style: text.Faint, Cells: []string{"tensor", "type", "shape", "bytes", "what happens, and why", "name"}}) {
			return
		}
		for _, t := range sg.Tensors {
			style := text.Faint
			if t.Changed() {
				style = text.Plain
			}
			cells := []string{fmt.Sprint(t.Index), t.Type, shape(t.Shape), text.Exact(int64(t.Bytes)), t.Why, t.Name}
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
