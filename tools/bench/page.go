package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/tools/machine"
	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

//go:embed notes.md
var notes string

// A page is Markdown under construction.
type page struct{ strings.Builder }

func (p *page) table(head []string, rows [][]string) { p.WriteString("\n" + text.Markdown(head, rows)) }

// page is the note, with tables of what was measured.
func (b *bench) page() string {
	p := new(page)
	fmt.Fprintf(p, `# Performance

Written by `+"`bazel run //tools:bench`"+`. Measured on %s, everything in one run, in turns;
all files on tmpfs. Load (threads that wanted to run in the minute before, all programs together): %s.
%s

%s A goal is judged all the same
where its bound is outside of the interval.
`, machine.Describe(), strings.Join(b.loads, ", "), b.priority(), spread.Explained)
	if len(b.byOperators) > 0 && len(b.birds) > 0 {
		p.WriteString("\n![Time of whole processes on BirdNET, and by size and operators](performance.svg)\n")
	}
	b.goalTable(p)
	b.costTable(p, "Whole processes on BirdNET (51.7 MB)", b.birds)
	b.costTable(p, "Whole processes on a generated model of "+text.Size(int64(b.largest)), b.larges)
	if len(b.languages) > 0 {
		b.costTable(p, "Whole processes on a generated language model of "+text.Size(b.languageSize), b.languages)
		b.costTable(p, "Whole processes on a generated language model of "+text.Size(b.smallLanguageSize), b.smallLanguages)
		b.seriesTable(p, "Language models: ratios of time, memory", "", b.byTurn)
	}
	b.costTable(p, "Whole processes on a generated model of "+text.Size(smallBytes), b.smalls)
	if len(b.manies) > 0 {
		b.costTable(p, fmt.Sprintf("%d models, %s together", b.manyModels(), text.Size(b.manySize)), b.manies)
	}
	b.seriesTable(p, "Warm calls on BirdNET", "ms", b.warm)
	b.seriesTable(p, "Peak of all memory (RSS), mapped files included, "+text.Size(int64(b.largest)), "MB", b.resident)
	b.rateTable(p)
	curveTable(p, "Time by number of operators (8x8 weights each)", "operators", "µs for each", 1e3, b.byOperators)
	curveTable(p, "Time by bytes, whole processes", "MB", "ms for each MB", 1e6, b.byBytes)
	p.WriteString("\n" + notes)
	return p.String()
}

func (b *bench) goalTable(p *page) {
	p.WriteString("\n## Goals\n")
	var rows [][]string
	for i := range b.goals {
		g := &b.goals[i]
		cpu := ""
		if len(g.cpu) > 0 {
			cpu = g.cpu.interval() + g.unit
		}
		rows = append(rows, []string{g.what, g.target(), g.values.interval() + g.unit, cpu, g.verdict()})
	}
	p.table([]string{"", "goal", "measured", "the same in processor time", ""}, rows)
}

func (b *bench) costTable(p *page, title string, programs []*program) {
	if len(programs) == 0 {
		return
	}
	fmt.Fprintf(p, "\n## %s\n", title)
	var rows [][]string
	for _, c := range programs {
		rows = append(rows, []string{c.name, c.wall.words(), c.cpu.words(), fmt.Sprint(len(c.wall))})
	}
	p.table([]string{"", "time, ms", "processor time, ms", "runs"}, rows)
}

func (b *bench) seriesTable(p *page, title, unit string, list []namedSeries) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(p, "\n## %s\n", title)
	var rows [][]string
	for _, s := range list {
		rows = append(rows, []string{s.name, s.values.words()})
	}
	p.table([]string{"", unit}, rows)
}

func (b *bench) rateTable(p *page) {
	if len(b.rates) == 0 {
		return
	}
	p.WriteString("\n## Kernels, one thread, GB/s of floats\n")
	var rows [][]string
	for _, r := range b.rates {
		rows = append(rows, []string{r.name, r.cache.words(), r.memory.words()})
	}
	p.table([]string{"", "in cache (2 MB)", "from memory (256 MB)"}, rows)
}

// curveTable writes the time per item of each curve, whose sizes may differ.
func curveTable(p *page, title, size, unit string, scale float64, curves []curve) {
	if len(curves) == 0 {
		return
	}
	fmt.Fprintf(p, "\n## %s\n", title)
	var rows [][]string
	for _, c := range curves {
		var words []string
		for _, at := range c.points {
			shown := at.size
			if scale == 1e6 {
				shown /= scale
			}
			words = append(words, fmt.Sprintf("%s: %s", text.Exact(int64(shown)), text.Figures(at.time/at.size*scale)))
		}
		rows = append(rows, []string{c.name, strings.Join(words, ", ")})
	}
	p.table([]string{"", size + ": " + unit}, rows)
}

// priority says what a load of more than the cores means.
func (b *bench) priority() string {
	if b.realTime {
		return "All but the growth ran with real-time priority, before everything else, but shared\ncaches and memory with it."
	}
	return "Where that is more than the cores, times tell less than processor times."
}
