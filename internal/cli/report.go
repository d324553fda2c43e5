package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

func (j *job) print(w io.Writer, r *quantize.Report, o *quantize.Options, l *likeness) error {
	var rows []text.Row
	add := func(style text.Style, cells ...string) { rows = append(rows, text.Row{Style: style, Cells: cells}) }
	add(text.Faint, "", "tensors", "before", "after", "")
	for _, g := range r.Groups {
		if g.Reason == quantize.Activation {
			continue // no data, before or after
		}
		style, ratio := text.Plain, text.Percent(g.BytesAfter, g.BytesBefore)
		if g.Action == quantize.Keep {
			style, ratio = text.Faint, ""
		}
		add(style, groupInWords(&g, o), text.Exact(int64(g.Tensors)), text.Size(g.BytesBefore), text.Size(g.BytesAfter), ratio)
	}
	add(text.Strong, "file", "", text.Size(r.BytesBefore), text.Size(r.BytesAfter), text.Percent(r.BytesAfter, r.BytesBefore))
	add(text.Faint, "  in bytes", "", text.Exact(r.BytesBefore), text.Exact(r.BytesAfter), "")

	fmt.Fprintln(w, text.Styled(w, text.Strong, fmt.Sprintf("%s: %v, written to %s", text.Printable(j.in), o.BufferType, text.Printable(j.out))))
	if why := nothingDone(r, o); why != "" {
		fmt.Fprintln(w, "Nothing was quantized: "+why)
	}
	fmt.Fprintln(w)
	columns := []text.Column{{}, {Right: true}, {Right: true}, {Right: true}, {Right: true}}
	if err := text.WriteTable(w, columns, slices.Values(rows)); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, line := range changes(&r.Summary) {
		fmt.Fprintln(w, line)
	}
	if l != nil {
		fmt.Fprintln(w, l)
	}
	_, err := fmt.Fprintln(w, text.Styled(w, text.Faint, fmt.Sprintf("took %s: reading %s, planning %s, quantizing and writing %s",
		text.Duration(r.Read+r.Plan+r.Write), text.Duration(r.Read), text.Duration(r.Plan), text.Duration(r.Write))))
	return err
}

// groupInWords is what happens to the tensors of a group, and why.
func groupInWords(g *quantize.Group, o *quantize.Options) string {
	if g.Action != quantize.Keep {
		return g.Action.String()
	}
	switch g.Reason {
	case quantize.NotFloat32:
		return fmt.Sprintf("kept: is %v", g.Type)
	case quantize.TooSmall:
		return fmt.Sprintf("kept: weights, fewer than %d elements", o.MinElements)
	case quantize.NotWeight:
		if o.BufferType == quantize.Float16 {
			return "kept: no operator reads it"
		}
		return "kept: not weights"
	}
	return "kept: " + g.Reason.String()
}

// nothingDone says why nothing was quantized, "" where something was.
func nothingDone(r *quantize.Report, o *quantize.Options) string {
	if r.Quantized() > 0 {
		return ""
	}
	var largest *quantize.Group // constants of another type than float32
	for i := range r.Groups {
		g := &r.Groups[i]
		if g.Reason == quantize.TooSmall {
			return fmt.Sprintf("all weights have fewer than %d elements; --min-elements sets another bound.", o.MinElements)
		}
		if g.Reason == quantize.NotFloat32 && (largest == nil || g.BytesBefore > largest.BytesBefore) {
			largest = g
		}
	}
	switch {
	case largest != nil:
		return fmt.Sprintf("the model's constants are %v already.", largest.Type)
	case o.BufferType == quantize.Float16:
		return "no operator reads a constant."
	}
	return "no operator has constant weights."
}

// changes lists what happens to operators.
func changes(s *quantize.Summary) []string {
	lines := []string{text.Count(s.DequantizeOperators, "DEQUANTIZE operator", "DEQUANTIZE operators") + " added"}
	if len(s.Versions) == 0 {
		return lines
	}
	var words []string
	for _, v := range s.Versions {
		words = append(words, fmt.Sprintf("%s %d to %d", text.Name(v.Operator, text.MaxCell), v.From, v.To))
	}
	return append(lines, "operator versions: "+strings.Join(words, ", "))
}
