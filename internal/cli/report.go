package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

func printReport(w io.Writer, r *report.Report) error {
	var rows []text.Row
	add := func(style text.Style, cells ...string) { rows = append(rows, text.Row{Style: style, Cells: cells}) }
	add(text.Faint, "", "tensors", "before", "after", "")
	for _, g := range r.Groups {
		if g.Activations() {
			continue // no data, before or after
		}
		style, ratio := text.Plain, text.Percent(g.BytesAfter, g.BytesBefore)
		if !g.Changed() {
			style, ratio = text.Faint, ""
		}
		add(style, r.GroupInWords(&g), text.Exact(int64(g.Tensors)), text.Size(g.BytesBefore), text.Size(g.BytesAfter), ratio)
	}
	if r.Input.AppendedBytes > 0 {
		in, out := &r.Input, &r.Output
		add(text.Plain, "model", "", text.Size(in.ModelBytes), text.Size(out.ModelBytes), text.Percent(out.ModelBytes, in.ModelBytes))
		add(text.Faint, "after the model", "", text.Size(in.AppendedBytes), text.Size(out.AppendedBytes), "")
	}
	before, after := r.Input.Bytes, r.Output.Bytes
	add(text.Strong, "file", "", text.Size(before), text.Size(after), text.Percent(after, before))
	add(text.Faint, "  in bytes", "", text.Exact(before), text.Exact(after), "")

	fmt.Fprintln(w, text.Styled(w, text.Strong, fmt.Sprintf("%s: %s, written to %s", text.Printable(r.Input.Path), r.Type, text.Printable(r.Output.Path))))
	fmt.Fprintf(w, "%s\n\n", reportHeadline(r))
	columns := []text.Column{{}, {Right: true}, {Right: true}, {Right: true}, {Right: true}}
	if err := text.WriteTable(w, columns, slices.Values(rows)); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, line := range reportLines(r) {
		fmt.Fprintln(w, line)
	}
	if r.Like != nil {
		fmt.Fprintln(w, likeInWords(r.Like))
	}
	s, converting := &r.Seconds, ""
	if s.Convert > 0 {
		converting = fmt.Sprintf("converting %s, ", short(s.Convert))
	}
	_, err := fmt.Fprintln(w, text.Styled(w, text.Faint, fmt.Sprintf("took %s: %sreading %s, planning %s, quantizing and writing %s",
		short(s.Total()), converting, short(s.Read), short(s.Plan), short(s.Write))))
	return err
}

func reportHeadline(r *report.Report) string {
	why := r.NothingQuantized()
	switch {
	case r.Unchanged != "":
		return fmt.Sprintf("The output is the model as it was, byte for byte: %s.", text.Name(r.Unchanged, maxSentence))
	case why != "":
		return "Nothing was quantized: " + why
	}
	return report.SmallerInWords(r.Input.Bytes, r.Output.Bytes)
}

func reportLines(r *report.Report) []string {
	lines := append(r.KeptInWords(), changes(&r.Summary)...)
	lines = append(lines, repairsInWords(&r.Summary)...)
	if line := lostInWords(r); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// changes lists what happens to operators, and what that asks of a runtime.
func changes(s *report.Summary) []string {
	lines := s.OperatorsInWords()
	if needs := s.NeedsTensorFlow.InWords(); needs != "" {
		lines = append(lines, needs)
	}
	lines = append(lines, s.RunsInWords()...)
	return append(lines, warningsInWords(s)...)
}

// warningsInWords has a line for each warning, and for what more there are.
func warningsInWords(s *report.Summary) []string {
	lines := s.WarningsInWords()
	for i := range lines {
		lines[i] = text.Name(lines[i], maxSentence)
	}
	return lines
}

// repairsInWords has a line for each kind of repair.
func repairsInWords(s *report.Summary) []string {
	lines := s.RepairsInWords()
	for i := range lines {
		lines[i] = text.Name(lines[i], maxSentence)
	}
	return lines
}

// lostInWords says what followed the model and does not follow the new one.
func lostInWords(r *report.Report) string {
	if r.Input.AppendedBytes == 0 || r.Output.AppendedBytes > 0 {
		return ""
	}
	what := ""
	if len(r.AppendedFiles) > 0 {
		what = ", a zip with " + strings.Join(r.AppendedFiles, ", ")
	}
	return text.Name(fmt.Sprintf("dropped, as TensorFlow's tool does: the %s bytes after the model%s", text.Exact(r.Input.AppendedBytes), what), maxSentence)
}

func short(seconds float64) string {
	return text.Duration(time.Duration(seconds * float64(time.Second)))
}
