package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// runBundle quantizes all models of a bundle.
func (j *job) runBundle(c *cobra.Command, out io.Writer) error {
	q, err := j.bundleQuantizer()
	if err != nil {
		return err
	}
	bar := progressOf(c)
	b, err := quantize.Bundle(j.in, j.out, q, j.runOptions(bar)...)
	bar.clear()
	if err != nil {
		return err
	}
	if l := listenerOf(c); l != nil {
		for _, r := range b.Models {
			l.Report(r, Words{reportHeadline(r), reportLines(r)})
		}
		return nil
	}
	if j.json {
		return encode(out, b.Models)
	}
	for _, r := range b.Models {
		if j.quiet {
			break
		}
		noteUndefined(c, j.in+": "+r.Member, r.UpstreamUndefined)
	}
	return printBundle(out, b)
}

// bundleQuantizer is the quantizer of all models of a bundle, after a check that each of
// the options has an effect in one of them at least. The error is about the first model.
func (j *job) bundleQuantizer() (quantize.Quantizer, error) {
	q, each, err := j.flags.Bundle()
	if err != nil {
		return nil, err
	}
	if j.like != "" {
		return nil, usageErrorf("--like: %s is a bundle, and a model is expected: unpack it first", j.in)
	}
	if len(each) == 0 {
		return q, nil
	}
	first := make([]error, len(each))
	used := make([]bool, len(each))
	err = quantize.ViewBundle(j.in, func(_ string, m *tflite.ModelT) error {
		for i, one := range each {
			_, err := one.Plan(m)
			used[i] = used[i] || err == nil
			if first[i] == nil {
				first[i] = err
			}
		}
		return nil
	})
	if i := slices.Index(used, false); err == nil && i >= 0 {
		err = first[i]
	}
	return q, err
}

func printBundle(w io.Writer, b *report.Bundle) error {
	fmt.Fprintln(w, text.Styled(w, text.Strong, fmt.Sprintf("%s: %s, written to %s", text.Printable(b.Input.Path), text.Count(len(b.Models), "model", "models"), text.Printable(b.Output.Path))))
	fmt.Fprintln(w)
	rows := []text.Row{{Style: text.Faint, Cells: []string{"", "tensors", "before", "after", "", ""}}}
	add := func(style text.Style, name, tensors string, before, after int64, what string) {
		rows = append(rows, text.Row{Style: style, Cells: []string{name, tensors, text.Size(before), text.Size(after), text.Percent(after, before), what}})
	}
	for _, r := range b.Models {
		what := r.Type
		if r.Unchanged != "" {
			what = "unchanged: " + r.Unchanged
		}
		add(text.Plain, r.Member, text.Exact(int64(r.Quantized)), r.Input.Bytes, r.Output.Bytes, what)
	}
	in, out := &b.Input, &b.Output
	rows = append(rows, text.Row{Style: text.Faint, Cells: []string{"everything else", "", text.Size(in.Bytes - in.ModelBytes), text.Size(out.Bytes - out.ModelBytes), "", ""}})
	add(text.Strong, "file", "", in.Bytes, out.Bytes, "")
	columns := []text.Column{{Max: maxName}, {Right: true}, {Right: true}, {Right: true}, {Right: true}, {Max: maxReason}}
	if err := text.WriteTable(w, columns, slices.Values(rows)); err != nil {
		return err
	}
	var err error
	for _, r := range b.Models {
		for _, line := range append(repairsInWords(&r.Summary), warningsInWords(&r.Summary)...) {
			_, err = fmt.Fprintln(w, text.Name(r.Member, maxName)+": "+line)
		}
	}
	return err
}
