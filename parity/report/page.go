package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// A page is all that docs/parity.md says.
type page struct {
	versions []version
	real     []row
	nets     []row
	units    []unitsRow
	counts   []count
	machine  string
}

func (p *page) markdown() string {
	var b strings.Builder
	b.WriteString("# Parity with TensorFlow\n\n" +
		"Written by `./bazelw run //parity:report`. All but the times is the same in every run.\n\n")
	rows := [][]string{}
	for _, v := range p.versions {
		rows = append(rows, []string{v.what, v.version, "`" + v.hash + "`"})
	}
	b.WriteString(text.Markdown([]string{"what", "version", "hash"}, rows))
	b.WriteString(`
*Bytes* says whether our file is upstream's, byte for byte, in the order of added operators that upstream happened to have (it
differs from one of its processes to the next). *Outputs* says whether the TFLite runtime gives the same bits for our file and for
upstream's, on ` + fmt.Sprint(seeds) + ` random inputs. The rest compares the quantized model with the float model on these inputs: the signal to noise
ratio over all outputs; the largest error, absolute and as a part of the largest output; in how many rows along the
outputs' last dimension the largest value is at another place (argmax).

Recipes of LiteRT's quantizer have a page of their own: [litert.md](litert.md).
`)
	b.WriteString("\n## Real models\n\nFrom the packages that `third_party/models/corpus.bzl` lists.\n\n")
	modelTable(&b, p.real)
	b.WriteString("\n## Synthetic networks\n\nUsual architectures with random weights, from `internal/synthetic`. Random weights have no classes: a row's argmax changes easily.\n\n")
	modelTable(&b, p.nets)
	b.WriteString("\n## Recipes of TensorFlow's newer quantizer\n\n`mlir` is compared with the function in the library, on the models above, `converter` with TensorFlow's converter on SavedModels, from its float file. " +
		"Compared are all quantized constants with the operators that read them, [one unit](mlir.md) each; both files run in LiteRT, which has all versions of operators.\n\n")
	unitsTable(&b, p.units)
	b.WriteString("\n## What the suites cover\n\nQuantizations by how ours and upstream compare, in the words of `parity/outcome`. A file that differed would be counted as *different*.\n\n")
	p.coverage(&b)
	fmt.Fprintf(&b, "\n## Times\n\nTaken on %s. The shortest of %d calls in a warm process, from memory to memory; ours includes reading and verifying the model, which upstream does not do.\n\n", p.machine, timedRuns)
	p.times(&b)
	return b.String()
}

func modelTable(b *strings.Builder, rows []row) {
	var cells [][]string
	notes := []string{}
	for _, r := range rows {
		bytes, note := r.bytes()
		if note != "" {
			notes = append(notes, fmt.Sprintf("- %s, %s: %s", r.model, words(r.mode), note))
		}
		cells = append(cells, append([]string{r.model, words(r.mode), text.Exact(int64(r.before)), text.Exact(int64(r.after)), text.Percent(int64(r.after), int64(r.before)), bytes}, r.quality()...))
	}
	b.WriteString(text.Markdown([]string{"model", "options", "before", "after", "of before", "bytes", "outputs", "signal to noise", "largest error", "argmax changes"}, cells))
	if len(notes) > 0 {
		b.WriteString("\n" + strings.Join(notes, "\n") + "\n")
	}
}

// bytes says how the files compare, and why if they are not equal.
func (r *row) bytes() (word, note string) {
	switch r.files.Outcome {
	case outcome.Equal:
		return "equal", ""
	case outcome.EqualDefined:
		return "equal where defined", "upstream's bytes are undefined in part: " + r.files.Detail
	}
	return "**different**", r.files.Detail
}

func (r *row) quality() []string {
	outputs, noise := r.sameOutputs(), &r.outputs.Noise
	if noise.Values == 0 {
		return []string{outputs, "", "", ""}
	}
	if noise.Noise == 0 {
		return []string{outputs, "exact", "0", r.argmax()}
	}
	largest := fmt.Sprintf("%.2g (%.2g %%)", noise.Largest, 100*noise.Largest/noise.Peak)
	return []string{outputs, noise.String(), largest, r.argmax()}
}

// sameOutputs says how the outputs of our file and upstream's compare. Where
// upstream's bytes are undefined, its file need not run nor compute the same.
func (r *row) sameOutputs() string {
	undefined := r.files.Outcome == outcome.EqualDefined
	switch {
	case r.outputs.FloatErr != nil:
		return "the runtime does not run the model"
	case r.outputs.UpstreamErr != nil && undefined:
		return "upstream's file does not run"
	case r.outputs.UpstreamErr != nil:
		return "**upstream's file does not run**"
	case r.outputs.Difference != "" && undefined:
		return "differ, as the bytes do"
	case r.outputs.Difference != "":
		return "**different**"
	}
	return "equal"
}

func (r *row) argmax() string {
	if r.outputs.Noise.Vectors == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", r.outputs.Noise.Changed, r.outputs.Noise.Vectors)
}

func (p *page) coverage(b *strings.Builder) {
	totals := map[string]int{}
	for _, c := range p.counts {
		totals[c.suite] += c.n
	}
	var cells [][]string
	last := ""
	for _, c := range p.counts {
		name, total := "", ""
		if c.suite != last {
			name, total = c.suite, text.Exact(int64(totals[c.suite]))
		}
		last = c.suite
		cells = append(cells, []string{name, total, c.outcome.String(), text.Exact(int64(c.n))})
	}
	b.WriteString(text.Markdown([]string{"suite", "quantizations", "outcome", ""}, cells))
	bad := 0
	for _, c := range p.counts {
		bad += c.bad
	}
	fmt.Fprintf(b, "\n%d differ or have another outcome than their case states.\n", bad)
}

func (p *page) times(b *strings.Builder) {
	var cells [][]string
	for _, r := range append(append([]row{}, p.real...), p.nets...) {
		ratio := fmt.Sprintf("%.1f", float64(r.theirs)/float64(r.ours))
		cells = append(cells, []string{r.model, words(r.mode), milliseconds(r.ours), milliseconds(r.theirs), ratio})
	}
	b.WriteString(text.Markdown([]string{"model", "options", "ours, ms", "upstream, ms", "times faster"}, cells))
}

// words is the name of a mode for people.
func words(mode string) string { return strings.ReplaceAll(mode, "_", " ") }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.3g", float64(d)/float64(time.Millisecond))
}
