package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/report"
)

func printReport(w io.Writer, r *report.Report) error {
	t := table{right: []bool{false, true, true, true, true}}
	t.add(faint, "", "tensors", "before", "after", "")
	for _, g := range r.Groups {
		if g.Activations() {
			continue // no data, before or after
		}
		style, ratio := plain, percent(g.BytesAfter, g.BytesBefore)
		if !g.Changed() {
			style, ratio = faint, ""
		}
		t.add(style, printable(r.GroupInWords(&g)), exact(int64(g.Tensors)), size(g.BytesBefore), size(g.BytesAfter), ratio)
	}
	before, after := r.Input.Bytes, r.Output.Bytes
	t.add(strong, "file", "", size(before), size(after), percent(after, before))
	t.add(faint, "  in bytes", "", exact(before), exact(after), "")

	colour := hasColour(w)
	fmt.Fprintln(w, styled(fmt.Sprintf("%s: %s, written to %s", printable(r.Input.Path), r.Type, printable(r.Output.Path)), strong, colour))
	if why := r.NothingQuantized(); why != "" {
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
	if r.Like != nil {
		fmt.Fprintln(w, likeInWords(r.Like))
	}
	s := &r.Seconds
	_, err := fmt.Fprintln(w, styled(fmt.Sprintf("took %s: reading %s, planning %s, quantizing and writing %s",
		short(s.Total()), short(s.Read), short(s.Plan), short(s.Write)), faint, colour))
	return err
}

// changes lists what happens to operators.
func changes(s *report.Summary) []string {
	lines := []string{count(s.DequantizeOperators, "DEQUANTIZE operator", "DEQUANTIZE operators") + " added"}
	if len(s.OperatorVersions) == 0 {
		return lines
	}
	var words []string
	for _, v := range s.OperatorVersions {
		words = append(words, fmt.Sprintf("%s %d to %d", printable(v.Operator), v.From, v.To))
	}
	return append(lines, "operator versions: "+strings.Join(words, ", "))
}

// short writes seconds, or milliseconds where these are fewer than 1000.
func short(seconds float64) string {
	if seconds < 1 {
		return fmt.Sprintf("%.1f ms", 1000*seconds)
	}
	return fmt.Sprintf("%.2f s", seconds)
}
