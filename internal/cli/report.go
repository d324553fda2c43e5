package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

func (j *job) print(w io.Writer, r *quantize.Report, o *quantize.Options, l *likeness) error {
	t := table{right: []bool{false, true, true, true, true}}
	t.add(faint, "", "tensors", "before", "after", "")
	for _, g := range r.Groups {
		if g.Reason == quantize.Activation {
			continue // no data, before or after
		}
		style, ratio := plain, percent(g.BytesAfter, g.BytesBefore)
		if g.Action == quantize.Keep {
			style, ratio = faint, ""
		}
		t.add(style, groupInWords(&g, o), exact(int64(g.Tensors)), size(g.BytesBefore), size(g.BytesAfter), ratio)
	}
	t.add(strong, "file", "", size(r.BytesBefore), size(r.BytesAfter), percent(r.BytesAfter, r.BytesBefore))
	t.add(faint, "  in bytes", "", exact(r.BytesBefore), exact(r.BytesAfter), "")

	colour := hasColour(w)
	fmt.Fprintln(w, styled(fmt.Sprintf("%s: %v, written to %s", printable(j.in), o.BufferType, printable(j.out)), strong, colour))
	if why := nothingDone(r, o); why != "" {
		fmt.Fprintln(w, "Nothing was quantized: "+why)
	}
	fmt.Fprintln(w)
	if err := t.print(w); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, line := range changes(&r.Summary) {
		fmt.Fprintln(w, line)
	}
	if l != nil {
		fmt.Fprintln(w, l)
	}
	_, err := fmt.Fprintln(w, styled(fmt.Sprintf("took %s: reading %s, planning %s, quantizing and writing %s",
		short(r.Read+r.Plan+r.Write), short(r.Read), short(r.Plan), short(r.Write)), faint, colour))
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
	lines := []string{count(s.DequantizeOperators, "DEQUANTIZE operator", "DEQUANTIZE operators") + " added"}
	if len(s.Versions) == 0 {
		return lines
	}
	var words []string
	for _, v := range s.Versions {
		words = append(words, fmt.Sprintf("%s %d to %d", printable(v.Operator), v.From, v.To))
	}
	return append(lines, "operator versions: "+strings.Join(words, ", "))
}

// short writes a time in milliseconds or seconds.
func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
