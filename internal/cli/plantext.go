package cli

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const (
	maxName = 120 // the most characters of a tensor's name in a table
	maxRows = 20  // constants that plan lists, unless all are asked for
)

// print writes the totals, and then the tensors.
func (j *planning) print(w io.Writer, p *report.Plan) error {
	name := text.Printable(p.Model)
	if p.Member != "" {
		name += ": " + text.Name(p.Member, maxName)
	}
	fmt.Fprintln(w, text.Styled(w, text.Strong, name+": "+p.Type))
	fmt.Fprintln(w, planHeadline(p))
	if _, err := fmt.Fprintln(w, strings.Join(append(planLines(p), ""), "\n")); err != nil {
		return err
	}
	if j.all {
		return j.printAll(w, p)
	}
	return j.printLargest(w, p)
}

func planHeadline(p *report.Plan) string {
	if p.Unchanged != "" {
		return fmt.Sprintf("The output would be the model as it is, byte for byte: %s.", text.Name(p.Unchanged, maxSentence))
	}
	return report.SmallerInWords(p.Sizes.Before, p.Sizes.After)
}

func planLines(p *report.Plan) []string {
	lines := append(changes(&p.Summary), p.KeptInWords()...)
	lines = append(lines, repairsInWords(&p.Summary)...)
	for _, u := range p.UpstreamUndefined {
		lines = append(lines, "the file will be right; "+theirsInWords+": "+text.Name(u, maxSentence))
	}
	return lines
}

// A constant is one in a subgraph.
type constant struct {
	*report.Tensor
	subgraph int
}

// constants are those of all subgraphs, the largest first.
func constants(p *report.Plan) []constant {
	var out []constant
	for i := range p.Subgraphs {
		for k := range p.Subgraphs[i].Tensors {
			if t := &p.Subgraphs[i].Tensors[k]; t.Bytes > 0 {
				out = append(out, constant{t, i})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b constant) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return out
}

// printLargest prints the largest constants.
func (j *planning) printLargest(w io.Writer, p *report.Plan) error {
	all := constants(p)
	shown := all[:min(len(all), maxRows)]
	heads := []string{"bytes", "after", "what happens, and why", "shape", "name"}
	columns := []text.Column{{Right: true}, {Right: true}, {Max: maxReason, Shrinks: true, Sentence: true}, {Max: 40}, {Max: maxName, Shrinks: true}}
	if j.errors {
		heads = slices.Insert(heads, 2, "max error", "signal to noise")
		columns = slices.Insert(columns, 2, text.Column{Right: true}, text.Column{Right: true})
	}
	if len(p.Subgraphs) > 1 {
		heads, columns = append([]string{"subgraph"}, heads...), append([]text.Column{{Right: true}}, columns...)
	}
	err := text.WriteTable(w, columns, func(yield func(text.Row) bool) {
		if !yield(text.Row{Style: text.Faint, Cells: heads}) {
			return
		}
		for _, c := range shown {
			cells := []string{text.Exact(int64(c.Bytes)), after(c.Tensor), c.Why, shape(c.Shape), c.Name}
			if j.errors {
				cells = slices.Insert(cells, 2, errorCells(c.Tensor)...)
			}
			if len(p.Subgraphs) > 1 {
				cells = append([]string{strconv.Itoa(c.subgraph)}, cells...)
			}
			if !yield(text.Row{Style: styleOf(c.Tensor), Cells: cells}) {
				return
			}
		}
	})
	if err == nil && len(shown) < len(all) {
		rest := 0
		for _, c := range all[len(shown):] {
			rest += c.Bytes
		}
		_, err = fmt.Fprintf(w, "and %s of %s together; --all lists every tensor\n", text.Count(len(all)-len(shown), "smaller constant", "smaller constants"), text.Size(int64(rest)))
	}
	return err
}

// after is the size of the new data, "" where they stay.
func after(t *report.Tensor) string {
	if t.Format == nil {
		return ""
	}
	return text.Exact(t.Format.Bytes)
}

// errorCells are the largest error and the signal to noise.
func errorCells(t *report.Tensor) []string {
	cells := []string{"", ""}
	if e := t.Error; e != nil {
		cells = []string{"not finite", "none"}
		if e.Max != nil {
			cells[0] = strconv.FormatFloat(*e.Max, 'g', 3, 64)
		}
		switch {
		case e.SNR != nil:
			cells[1] = fmt.Sprintf("%.1f dB", *e.SNR)
		case e.Max == nil:
			cells[1] = ""
		}
	}
	return cells
}

func styleOf(t *report.Tensor) text.Style {
	if t.Changed() {
		return text.Plain
	}
	return text.Faint
}

// printAll prints every tensor in its order.
func (j *planning) printAll(w io.Writer, p *report.Plan) error {
	columns := []text.Column{{Right: true}, {}, {Max: 40}, {Right: true}, {Right: true}, {Max: maxReason, Shrinks: true, Sentence: true}, {Max: maxName, Shrinks: true}}
	if j.errors {
		columns = slices.Insert(columns, 5, text.Column{Right: true}, text.Column{Right: true})
	}
	for i := range p.Subgraphs {
		title := fmt.Sprintf("subgraph %d", i)
		if name := p.Subgraphs[i].Name; name != "" {
			title += " " + text.Name(name, maxName)
		}
		if i > 0 {
			title = "\n" + title
		}
		if _, err := fmt.Fprintln(w, text.Styled(w, text.Strong, title)); err != nil {
			return err
		}
		if err := text.WriteTable(w, columns, j.planRows(&p.Subgraphs[i])); err != nil {
			return err
		}
	}
	return nil
}

// planRows are the rows of a subgraph's tensors.
func (j *planning) planRows(sg *report.Subgraph) iter.Seq[text.Row] {
	heads := []string{"tensor", "type", "shape", "bytes", "after", "what happens, and why", "name"}
	if j.errors {
		heads = slices.Insert(heads, 5, "max error", "signal to noise")
	}
	return func(yield func(text.Row) bool) {
		if !yield(text.Row{Style: text.Faint, Cells: heads}) {
			return
		}
		for k := range sg.Tensors {
			t := &sg.Tensors[k]
			cells := []string{fmt.Sprint(t.Index), t.Type, shape(t.Shape), text.Exact(int64(t.Bytes)), after(t), t.Why, t.Name}
			if j.errors {
				cells = slices.Insert(cells, 5, errorCells(t)...)
			}
			if !yield(text.Row{Style: styleOf(t), Cells: cells}) {
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
