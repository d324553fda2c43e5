package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const (
	begin = "<!-- results -->\n"
	end   = "<!-- end of results -->\n"
)

// Readme returns the text of README.md with the tables between the markers made anew.
func Readme(readme string, r Results) (string, error) {
	before, rest, ok := strings.Cut(readme, begin)
	if !ok {
		return "", fmt.Errorf("README.md: no line %q: want one before the tables", strings.TrimSpace(begin))
	}
	_, after, ok := strings.Cut(rest, end)
	if !ok {
		return "", fmt.Errorf("README.md: no line %q: want one after the tables", strings.TrimSpace(end))
	}
	return before + begin + Summary(r) + end + after, nil
}

// Summary is the small form of both tables.
func Summary(r Results) string {
	var b strings.Builder
	if len(r.Accuracy) > 0 {
		var measured []AccuracyRow
		for _, t := range r.Accuracy {
			measured = append(measured, t.Rows...)
		}
		names := append([]string{float}, r.summarized(variantNames(measured, func(r AccuracyRow) string { return r.Variant }))...)
		var rows [][]string
		for _, t := range r.Accuracy {
			row := []string{t.Task}
			for _, v := range names {
				row = append(row, t.both(v))
			}
			rows = append(rows, row)
		}
		b.WriteString("Accuracy in percent, with builtin kernels / with XNNPACK:\n\n" + text.Markdown(append([]string{"model"}, names...), rows) + "\n")
	}
	if len(r.Latency) > 0 {
		var measured []LatencyRow
		for _, n := range r.Latency {
			measured = append(measured, n.Rows...)
		}
		names := r.summarized(variantNames(measured, func(r LatencyRow) string { return r.Variant }))
		var rows [][]string
		for _, n := range r.Latency {
			row := []string{n.Network, n.sizeOf("int8")}
			for _, v := range names {
				row = append(row, n.both(v))
			}
			rows = append(rows, row)
		}
		b.WriteString("Time of a call as a part of the float model's, one thread, with builtin kernels / with XNNPACK, in LiteRT 2.3:\n\n" +
			text.Markdown(append([]string{"network", "size, int8"}, names...), rows) + "\n")
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + "[docs/results.md](docs/results.md) has the intervals, the commands, two threads, and in which runtimes each file is right.\n"
}

// both writes two numbers as one where they are the same.
func both(first, second string) string {
	if first == second {
		return first
	}
	return first + " / " + second
}

func (t TaskAccuracy) both(variant string) string {
	var found []string
	for _, k := range kernels {
		s := "-"
		for _, r := range t.Rows {
			if r.Variant == variant && r.Kernels == k.name && r.Error == "" {
				s = fmt.Sprintf("%.2f", r.Percent.Value)
			}
		}
		found = append(found, s)
	}
	return both(found[0], found[1])
}

func (n NetworkLatency) both(variant string) string {
	var found []string
	for _, k := range kernels {
		s := "-"
		if r := n.row(variant, setting{k.name, 1}); r != nil && r.Error == "" {
			s = text.Figures(r.Ratio.Value)
			if r.Ratio.Noisy() {
				s += "?"
			}
		}
		found = append(found, s)
	}
	return both(found[0], found[1])
}

// sizeOf is the size of a variant as a part of the float model's.
func (n NetworkLatency) sizeOf(variant string) string {
	for _, s := range n.settings() {
		if r, whole := n.row(variant, s), n.row(float, s); r != nil && whole != nil {
			return text.Percent(r.Bytes, whole.Bytes)
		}
	}
	return ""
}

// summarized keeps the names of variants that the summary has, in the order of their
// commands.
func (r Results) summarized(names []string) []string {
	var out []string
	for _, c := range r.Commands {
		if c.Summary && slices.Contains(names, c.Variant) {
			out = append(out, c.Variant)
		}
	}
	return out
}
