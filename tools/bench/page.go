package main

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed notes.md
var notes string

// A page is Markdown under construction.
type page struct{ strings.Builder }

func (p *page) row(cells ...string) { fmt.Fprintf(p, "| %s |\n", strings.Join(cells, " | ")) }

func (p *page) head(cells ...string) {
	p.WriteString("\n")
	p.row(cells...)
	p.row(strings.Split("---"+strings.Repeat(" ---", len(cells)-1), " ")...)
}

// page is the note, with tables of what was measured.
func (b *bench) page() string {
	p := new(page)
	fmt.Fprintf(p, `# Performance

Written by `+"`bazel run //tools:bench`"+`. Measured on %s, everything in one run, in turns;
all files on tmpfs. Load before each part (threads that wanted to run, all programs together):
%s. %s

Numbers are medians, with the smallest and the largest in brackets.
`, machine(), strings.Join(b.loads, ", "), b.priority())
	if len(b.byOperators) > 0 && len(b.birds) > 0 {
		p.WriteString("\n![Time of whole processes on BirdNET, and by size and operators](performance.svg)\n")
	}
	b.goalTable(p)
	b.costTable(p, "Whole processes on BirdNET (51.7 MB)", b.birds)
	b.costTable(p, "Whole processes on a generated model of "+bytesInWords(b.largest), b.larges)
	b.costTable(p, "Whole processes on a generated model of 100 kB", b.smalls)
	b.seriesTable(p, "Warm calls on BirdNET", "ms", b.warm)
	b.seriesTable(p, "Peak of all memory (RSS), mapped files included, "+bytesInWords(b.largest), "MB", b.resident)
	b.rateTable(p)
	curveTable(p, "Time by number of operators (8x8 weights each)", "operators", "µs for each", 1e3, b.byOperators)
	curveTable(p, "Time by bytes, whole processes", "MB", "ms for each MB", 1e6, b.byBytes)
	p.WriteString("\n" + notes)
	return p.String()
}

func (b *bench) goalTable(p *page) {
	p.WriteString("\n## Goals\n")
	p.head("", "goal", "measured", "the same in processor time", "")
	for i := range b.goals {
		g := &b.goals[i]
		cpu, met := "", "**not met**"
		if len(g.cpu) > 0 {
			cpu = g.cpu.spread() + g.unit
		}
		if g.met() {
			met = "met"
		}
		p.row(g.what, g.target(), g.values.spread()+g.unit, cpu, met)
	}
}

func (b *bench) costTable(p *page, title string, programs []*program) {
	if len(programs) == 0 {
		return
	}
	fmt.Fprintf(p, "\n## %s\n", title)
	p.head("", "time, ms", "processor time, ms", "runs")
	for _, c := range programs {
		p.row(c.name, c.wall.spread(), c.cpu.spread(), fmt.Sprint(len(c.wall)))
	}
}

func (b *bench) seriesTable(p *page, title, unit string, rows []namedSeries) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(p, "\n## %s\n", title)
	p.head("", unit)
	for _, r := range rows {
		p.row(r.name, r.values.spread())
	}
}

func (b *bench) rateTable(p *page) {
	if len(b.rates) == 0 {
		return
	}
	p.WriteString("\n## Kernels, one thread, GB/s of floats\n")
	p.head("", "in cache (2 MB)", "from memory (256 MB)")
	for _, r := range b.rates {
		p.row(r.name, r.cache.spread(), r.memory.spread())
	}
}

// curveTable writes the time per item of each curve, whose sizes may differ.
func curveTable(p *page, title, size, unit string, scale float64, curves []curve) {
	if len(curves) == 0 {
		return
	}
	fmt.Fprintf(p, "\n## %s\n", title)
	p.head("", size+": "+unit)
	for _, c := range curves {
		var words []string
		for _, at := range c.points {
			shown := at.size
			if scale == 1e6 {
				shown /= scale
			}
			words = append(words, fmt.Sprintf("%s: %s", thousands(int64(shown)), figures(at.time/at.size*scale)))
		}
		p.row(c.name, strings.Join(words, ", "))
	}
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func bytesInWords(n int) string {
	if n >= gigabyte {
		return fmt.Sprintf("%d GB", n/gigabyte)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

// priority says what a load of more than the cores means.
func (b *bench) priority() string {
	if b.realTime {
		return "All but the growth ran with real-time priority, before everything else, but shared\ncaches and memory with it."
	}
	return "Where that is more than the cores, times tell less than processor times."
}
