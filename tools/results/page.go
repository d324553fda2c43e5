package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

const (
	sizePlot    = "results-size.svg"
	latencyPlot = "results-latency.svg"
)

// Page is docs/results.md, made of the numbers alone.
func Page(r Results) string {
	var b strings.Builder
	b.WriteString("# Results\n\nWritten by `bazel run //tools:results` from [results.json](results.json). `bazel run //tools:results -- --only latency`\n" +
		"measures a part, `bazel run //tools:results -- --models NAME` a network, and `bazel run //tools:results -- --check` compares a new run\n" +
		"with these numbers; two runs agree where their intervals overlap.\n")
	commands(&b, r.Commands)
	accuracyPart(&b, r.Accuracy)
	if plotted(r) {
		fmt.Fprintf(&b, "\n![Size against accuracy, for each model](%s)\n\n![Latency against accuracy, for each model](%s)\n", sizePlot, latencyPlot)
	}
	latencyPart(&b, r.Latency)
	runsPart(&b, r.Runs)
	return b.String()
}

func commands(b *strings.Builder, list []Command) {
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.Variant, "`" + c.Command + "`"})
	}
	b.WriteString("\n## Files\n\nEach is made of the same float model, by\n\n" + text.Markdown([]string{"file", "command"}, rows))
}

func accuracyPart(b *strings.Builder, tasks []TaskAccuracy) {
	if len(tasks) == 0 {
		return
	}
	b.WriteString("\n## Accuracy\n\nIn percent, with 95 % confidence intervals, which are those of a test set of that size; *agreement* is the part of the samples with\nthe answer of the float model.\n")
	for _, t := range tasks {
		fmt.Fprintf(b, "\n### %s\n\n%s, %s, %s.\n\n", t.Task, t.Data, text.Count(t.Samples, "sample", "samples"), t.Metric)
		var rows [][]string
		for _, r := range t.Rows {
			if r.Error != "" {
				rows = append(rows, []string{r.Variant, r.Kernels, "", r.Error, ""})
				continue
			}
			rows = append(rows, []string{r.Variant, r.Kernels, text.Size(r.Bytes), fmt.Sprintf("%.2f (%.2f-%.2f)", r.Percent.Value, r.Percent.Low, r.Percent.High), fmt.Sprintf("%.2f", r.Agreement)})
		}
		b.WriteString(text.Markdown([]string{"file", "kernels", "size", "accuracy", "agreement"}, rows))
	}
	origins(b, tasks, func(t TaskAccuracy) Origin { return t.Origin })
}

func latencyPart(b *strings.Builder, list []NetworkLatency) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, `
## Latency

Times of a call as a part of the float model's on the same kernels and threads, in LiteRT 2.3: below 1 is faster. All files of a
network take turns in one process, several processes one after another; the shortest call of a turn counts, and a ratio is one of
two turns of the same round. %s
`, spread.Explained)
	for _, n := range list {
		fmt.Fprintf(b, "\n### %s\n\n%s. The float model takes %s.\n\n", n.Network, sentence(n.From), floatTimes(n))
		b.WriteString(text.Markdown(append([]string{"file", "size", "of float"}, columns(n)...), n.table()))
	}
	origins(b, list, func(n NetworkLatency) Origin { return n.Origin })
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// A setting is a column: kernels and threads.
type setting struct {
	kernels string
	threads int
}

func (s setting) String() string {
	return s.kernels + ", " + text.Count(s.threads, "thread", "threads")
}

func (n NetworkLatency) settings() []setting {
	var all []setting
	for _, r := range n.Rows {
		if s := (setting{r.Kernels, r.Threads}); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func columns(n NetworkLatency) []string {
	var names []string
	for _, s := range n.settings() {
		names = append(names, s.String())
	}
	return names
}

// row returns nil where there is none.
func (n NetworkLatency) row(variant string, s setting) *LatencyRow {
	for i, r := range n.Rows {
		if r.Variant == variant && r.Kernels == s.kernels && r.Threads == s.threads {
			return &n.Rows[i]
		}
	}
	return nil
}

func floatTimes(n NetworkLatency) string {
	var times []string
	for _, s := range n.settings() {
		if r := n.row(float, s); r != nil && r.Error == "" {
			times = append(times, fmt.Sprintf("%s ms (%s)", text.Figures(1000*r.Seconds), s))
		}
	}
	return strings.Join(times, ", ")
}

// variantNames are those of some rows, in their order.
func variantNames[T any](rows []T, name func(T) string) []string {
	var names []string
	for _, r := range rows {
		if v := name(r); !slices.Contains(names, v) {
			names = append(names, v)
		}
	}
	return names
}

func (n NetworkLatency) variants() []string {
	return variantNames(n.Rows, func(r LatencyRow) string { return r.Variant })
}

func (n NetworkLatency) table() [][]string {
	var rows [][]string
	for _, v := range n.variants() {
		row := []string{v, "", ""}
		for _, s := range n.settings() {
			r, whole := n.row(v, s), n.row(float, s)
			if r == nil {
				row = append(row, "")
				continue
			}
			if r.Bytes > 0 && whole != nil {
				row[1], row[2] = text.Size(r.Bytes), text.Percent(r.Bytes, whole.Bytes)
			}
			row = append(row, r.cell())
		}
		if v != float {
			rows = append(rows, row)
		}
	}
	return rows
}

func (r LatencyRow) cell() string {
	if r.Error != "" {
		return r.Error
	}
	return r.Ratio.Judged()
}

func runsPart(b *strings.Builder, list []NetworkOutcomes) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, `
## Where it runs

Each file was run in each runtime in a process of its own, on random inputs. In brackets is the signal to noise ratio of the outputs,
compared with the float model in TFLite 2.18. *right*: the ratio is at least %d dB, and at least half, in dB, of the best that a
runtime gets from the same file, where more than %d dB count as that. What rounding costs depends on the network, most in deep ones
with random weights; kernels that read a file wrongly fall far behind others. *wrong*: the ratio is less. *refused*: loading or running is
an error. *crashed*: the process ended. Runtimes with XNNPACK have it by default; the others have their builtin kernels.
`, leastRight, enough)
	for _, n := range list {
		var runtimes []string
		for _, r := range n.Rows {
			if !slices.Contains(runtimes, r.Runtime) {
				runtimes = append(runtimes, r.Runtime)
			}
		}
		var rows [][]string
		for _, v := range variantNames(n.Rows, func(r OutcomeRow) string { return r.Variant }) {
			row := []string{v}
			for _, name := range runtimes {
				for _, r := range n.Rows {
					if r.Variant == v && r.Runtime == name {
						row = append(row, r.cell())
					}
				}
			}
			rows = append(rows, row)
		}
		fmt.Fprintf(b, "\n### %s\n\n%s", n.Network, text.Markdown(append([]string{"file"}, runtimes...), rows))
	}
	refusals(b, list)
	origins(b, list, func(n NetworkOutcomes) Origin { return n.Origin })
}

func (r OutcomeRow) cell() string {
	switch r.Outcome {
	case "right":
		return fmt.Sprintf("right (%s)", r.Detail)
	case "wrong":
		return fmt.Sprintf("**wrong** (%s)", r.Detail)
	}
	return "**" + r.Outcome + "**"
}

// refusals lists what runtimes say, each message once, with the first file it is about.
func refusals(b *strings.Builder, list []NetworkOutcomes) {
	said := map[string]bool{}
	var lines []string
	for _, n := range list {
		for _, r := range n.Rows {
			if r.Outcome == "right" || r.Outcome == "wrong" || r.Outcome == "" || said[r.Runtime+r.Detail] {
				continue
			}
			said[r.Runtime+r.Detail] = true
			lines = append(lines, fmt.Sprintf("- %s, %s, %s: %s: `%s`\n", n.Network, r.Variant, r.Runtime, r.Outcome, strings.ReplaceAll(r.Detail, "`", "'")))
		}
	}
	if len(lines) > 0 {
		b.WriteString("\nWhat they say, each once:\n\n" + strings.Join(lines, ""))
	}
}

// origins say once what some entries were measured on.
func origins[T any](b *strings.Builder, entries []T, of func(T) Origin) {
	var machines, dates, loads []string
	for _, e := range entries {
		o := of(e)
		machines, dates, loads = append(machines, o.Machine), append(dates, o.Date), append(loads, o.Load)
	}
	slices.Sort(machines)
	fmt.Fprintf(b, "\nMeasured on %s, %s to %s. Load when each began (threads that wanted to run, all programs together): %s.\n",
		strings.Join(slices.Compact(machines), "; "), slices.Min(dates), slices.Max(dates), strings.Join(loads, ", "))
}
