package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/tools/spread"
	"github.com/tflite-quantize/tflite-quantize/tools/svg"
)

// Sizes in the plots are in pixels.
const (
	panelWidth, panelHeight = 300, 190
	innerLeft, innerTop     = 58, 34
	innerWidth, innerHeight = 220, 106
	perRow                  = 3
	legendTop               = 33 // of the first line of names, from the margin
	legendStep              = 20
	margin                  = 16
)

const style = `<style>
.title{font-size:13px;font-weight:bold}.label,.title{fill:#222}.tick{fill:#555;font-size:11px}
.grid{stroke:#ddd}.one{stroke:#888;stroke-dasharray:3 3}.back{fill:#fff}.spread{stroke-width:1.5;stroke-opacity:.6}.mark{stroke:#fff}
@media (prefers-color-scheme:dark){.label,.title{fill:#eee}.tick{fill:#aaa}.grid{stroke:#383838}.one{stroke:#888}.back{fill:#0d1117}.mark{stroke:#0d1117}}
</style>
`

// A mark is a file in a panel: x is a part of the float model's, y percent.
type mark struct {
	variant string
	x       spread.Interval
	y       spread.Interval
}

// A panel has the files of a model.
type panel struct {
	title string
	marks []mark
}

func plotted(r Results) bool { return len(r.Accuracy) > 0 }

// onXNNPACK is what the plot of latency is of: what interpreters do by default.
var onXNNPACK = setting{"XNNPACK", 1}

// SizePlot shows size against accuracy for each model.
func SizePlot(r Results) string {
	var panels []panel
	for _, t := range r.Accuracy {
		whole := t.floatBytes()
		p := panel{title: t.Task}
		for _, row := range t.Rows {
			if row.Error == "" && whole > 0 {
				x := float64(row.Bytes) / float64(whole)
				p.marks = append(p.marks, mark{row.Variant, spread.Interval{Value: x, Low: x, High: x}, row.Percent})
			}
		}
		panels = append(panels, p)
	}
	return draw("size, as a part of the float model's. Both kernels, builtin and XNNPACK", r.Commands, panels)
}

// LatencyPlot shows latency against accuracy for each model that has both.
func LatencyPlot(r Results) string {
	var panels []panel
	for _, t := range r.Accuracy {
		for _, n := range r.Latency {
			if n.Network == t.Task {
				panels = append(panels, panel{t.Task, latencyMarks(t, n)})
			}
		}
	}
	return draw("time of a call, as a part of the float model's (XNNPACK, 1 thread)", r.Commands, panels)
}

func latencyMarks(t TaskAccuracy, n NetworkLatency) []mark {
	var marks []mark
	for _, row := range t.Rows {
		l := n.row(row.Variant, onXNNPACK)
		if row.Error == "" && row.Kernels == onXNNPACK.kernels && l != nil && l.Error == "" {
			marks = append(marks, mark{row.Variant, l.Ratio, row.Percent})
		}
	}
	return marks
}

func (t TaskAccuracy) floatBytes() int64 {
	for _, r := range t.Rows {
		if r.Variant == float && r.Bytes > 0 {
			return r.Bytes
		}
	}
	return 0
}

// draw puts panels in rows below a legend, which is in the order of the commands.
func draw(x string, commands []Command, panels []panel) string {
	names := []string{float}
	for _, c := range commands {
		names = append(names, c.Variant)
	}
	for _, n := range variantNames(allMarks(panels), func(m mark) string { return m.variant }) {
		if slices.Index(names, n) < 0 {
			names = append(names, n)
		}
	}
	width := perRow*panelWidth + 2*margin
	top := float64(legendTop + legendStep*legendLines(names) + margin)
	height := int(top) + (len(panels)+perRow-1)/perRow*panelHeight + margin
	d := new(svg.Drawing)
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n%s"+`<rect width="100%%" height="100%%" class="back"/>`+"\n", width, height, style)
	legend(d, x, names)
	for i, p := range panels {
		left := float64(margin + i%perRow*panelWidth)
		p.draw(d, left, top+float64(i/perRow*panelHeight), names)
	}
	d.WriteString("</svg>\n")
	return d.String()
}

func allMarks(panels []panel) []mark {
	var all []mark
	for _, p := range panels {
		all = append(all, p.marks...)
	}
	return all
}

func legend(d *svg.Drawing, x string, names []string) {
	d.Text(margin, margin+10, "start", "label", "Up: accuracy in percent, with its 95 % interval. To the right: "+x+".")
	eachName(names, func(i int, x float64, line int) {
		y := float64(margin + legendTop + legendStep*line)
		shape(d, i, x+6, y)
		d.Text(x+16, y+4, "start", "label", names[i])
	})
}

// eachName places the names of the legend in lines that fit the drawing.
func eachName(names []string, f func(i int, x float64, line int)) {
	x, line := float64(margin), 0
	for i, n := range names {
		width := 34 + 6.6*float64(len(n))
		if x > margin && x+width > margin+perRow*panelWidth {
			x, line = margin, line+1
		}
		f(i, x, line)
		x += width
	}
}

func legendLines(names []string) int {
	lines := 0
	eachName(names, func(_ int, _ float64, line int) { lines = line + 1 })
	return lines
}

// shape draws a file's mark: colour and form tell it apart.
func shape(d *svg.Drawing, i int, x, y float64) {
	colour := markColours[i%len(markColours)]
	switch i % 3 {
	case 0:
		fmt.Fprintf(d, `<circle cx="%.1f" cy="%.1f" r="5" fill="%s" class="mark"/>`+"\n", x, y, colour)
	case 1:
		fmt.Fprintf(d, `<rect x="%.1f" y="%.1f" width="9" height="9" fill="%s" class="mark"/>`+"\n", x-4.5, y-4.5, colour)
	default:
		fmt.Fprintf(d, `<path d="M%.1f %.1fl5.5 10h-11z" fill="%s" class="mark"/>`+"\n", x, y-6, colour)
	}
}

// markColours can be seen on white and on black.
var markColours = []string{"#8a8a8a", svg.Colours[0], svg.Colours[1], svg.Colours[2], svg.Colours[3], "#009e73", "#cc79a7", "#8f6ad8"}

func (p panel) draw(d *svg.Drawing, left, top float64, names []string) {
	d.Text(left+innerLeft, top+18, "start", "title", p.title)
	low, high, right := p.bounds()
	x := func(v float64) float64 { return left + innerLeft + innerWidth*v/right }
	y := func(v float64) float64 { return top + innerTop + innerHeight*(high-v)/(high-low) }
	bottom := top + innerTop + innerHeight
	for _, v := range steps(0, right, 5) {
		class := "grid"
		if v == 1 {
			class = "one"
		}
		d.Line(x(v), top+innerTop, x(v), bottom, class)
		d.Text(x(v), bottom+16, "middle", "tick", fmt.Sprintf("%.3g", v))
	}
	for _, v := range steps(low, high, 5) {
		d.Line(left+innerLeft, y(v), left+innerLeft+innerWidth, y(v), "grid")
		d.Text(left+innerLeft-6, y(v)+4, "end", "tick", fmt.Sprintf("%.4g", v))
	}
	for _, m := range p.marks {
		i := slices.Index(names, m.variant)
		colour := markColours[i%len(markColours)]
		fmt.Fprintf(d, `<path d="M%.1f %.1fV%.1fM%.1f %.1fH%.1f" stroke="%s" class="spread" fill="none"/>`+"\n", x(m.x.Value), y(m.y.Low), y(m.y.High), x(m.x.Low), y(m.y.Value), x(m.x.High), colour)
	}
	for _, m := range p.marks {
		shape(d, slices.Index(names, m.variant), x(m.x.Value), y(m.y.Value))
	}
}

// bounds are the least and the largest accuracy that is drawn, and the largest x.
func (p panel) bounds() (low, high, right float64) {
	low, high, right = 100, 0, 1.1
	for _, m := range p.marks {
		low, high, right = min(low, m.y.Low), max(high, m.y.High), max(right, 1.05*m.x.High)
	}
	if high <= low {
		low, high = 0, 100
	}
	room := max(0.5, 0.08*(high-low))
	return max(0, low-room), min(100, high+room), right
}

// steps are round numbers in a range, about so many.
func steps(low, high float64, about int) []float64 {
	raw := (high - low) / float64(about)
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*unit >= raw {
			unit *= f
			break
		}
	}
	var all []float64
	// + 0 makes 0 of -0.
	for i := math.Ceil(low/unit-1e-9) + 0; i*unit <= high+1e-9*unit; i++ {
		all = append(all, i*unit)
	}
	return all
}
