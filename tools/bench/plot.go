package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/tools/svg"
)

// Sizes in the plot are in pixels.
const (
	plotWidth, plotHeight = 960, 720
	barLeft, barWidth     = 170, 640
	barTop, barStep       = 70, 30
	chartTop, chartHeight = 330, 300
	chartWidth            = 370
	firstChart            = 70
	secondChart           = 560
)

func (b *bench) picture() string {
	d := new(svg.Drawing)
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
<style>.title{font-size:16px;font-weight:bold}.grid{stroke:#ddd}.axis{stroke:#888}.label{fill:#333}.tick{fill:#666;font-size:12px}</style>
<rect width="100%%" height="100%%" fill="white"/>
`, plotWidth, plotHeight)
	b.bars(d)
	chart{firstChart, "Operators, time of a call", "operators", b.callCurves()}.draw(d)
	chart{secondChart, "Bytes, time of a process", "bytes", b.byBytes}.draw(d)
	d.WriteString("</svg>\n")
	return d.String()
}

func (b *bench) callCurves() []curve {
	var calls []curve
	for _, c := range b.byOperators {
		if name, ok := strings.CutSuffix(c.name, ", call"); ok {
			calls = append(calls, curve{name, c.points})
		}
	}
	return calls
}

// bars shows the times of all programs on BirdNET, in logarithms.
func (b *bench) bars(d *svg.Drawing) {
	d.Text(20, 30, "start", "title", "BirdNET (51.7 MB), whole process, from start to end")
	least, most := math.Inf(1), 0.0
	for _, p := range b.birds {
		least, most = min(least, p.wall.median()), max(most, p.wall.median())
	}
	low := math.Pow(10, math.Floor(math.Log10(least/1.5)))
	at := func(v float64) float64 {
		return barLeft + barWidth*math.Log(v/low)/math.Log(most/low)
	}
	bottom := float64(barTop + barStep*len(b.birds))
	for _, v := range ticks(low, most) {
		d.Line(at(v), barTop-10, at(v), bottom, "grid")
		d.Text(at(v), bottom+16, "middle", "tick", inTime(v))
	}
	for i, p := range b.birds {
		y, colour := float64(barTop+barStep*i), "#999"
		if p.name == "int8" || p.name == "float16" {
			colour = svg.Colours[0]
		}
		v := p.wall.median()
		d.Text(barLeft-10, y+14, "end", "label", p.name)
		fmt.Fprintf(d, `<rect x="%d" y="%.1f" width="%.1f" height="20" fill="%s"/>`+"\n", barLeft, y, at(v)-barLeft, colour)
		d.Text(at(v)+8, y+14, "start", "label", inTime(v))
	}
}

// A chart has curves in a plane of logarithms.
type chart struct {
	left   float64
	title  string
	x      string
	curves []curve
}

func (c chart) draw(d *svg.Drawing) {
	d.Text(c.left-50, chartTop-20, "start", "title", c.title)
	var x0, x1, y0, y1 = math.Inf(1), 0.0, math.Inf(1), 0.0
	for _, l := range c.curves {
		for _, p := range l.points {
			x0, x1, y0, y1 = min(x0, p.size), max(x1, p.size), min(y0, p.time), max(y1, p.time)
		}
	}
	if x1 == 0 {
		return
	}
	y0, y1 = math.Pow(10, math.Floor(math.Log10(y0))), math.Pow(10, math.Ceil(math.Log10(y1)))
	x := func(v float64) float64 { return c.left + chartWidth*math.Log(v/x0)/math.Log(x1/x0) }
	y := func(v float64) float64 { return chartTop + chartHeight*math.Log(y1/v)/math.Log(y1/y0) }
	for _, v := range ticks(x0, x1) {
		d.Line(x(v), chartTop, x(v), chartTop+chartHeight, "grid")
		d.Text(x(v), chartTop+chartHeight+18, "middle", "tick", c.size(v))
	}
	for _, v := range ticks(y0, y1) {
		d.Line(c.left, y(v), c.left+chartWidth, y(v), "grid")
		d.Text(c.left-8, y(v)+4, "end", "tick", inTime(v))
	}
	for i, l := range c.curves {
		colour := svg.Colours[i%len(svg.Colours)]
		var path strings.Builder
		for _, p := range l.points {
			fmt.Fprintf(&path, "%.1f,%.1f ", x(p.size), y(p.time))
			fmt.Fprintf(d, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x(p.size), y(p.time), colour)
		}
		fmt.Fprintf(d, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.TrimSpace(path.String()), colour)
		lx, ly := c.left+chartWidth*float64(i%2)*0.42, float64(chartTop+chartHeight+44+20*(i/2))
		fmt.Fprintf(d, `<rect x="%.1f" y="%.1f" width="14" height="4" fill="%s"/>`+"\n", lx, ly-6, colour)
		d.Text(lx+20, ly, "start", "label", l.name)
	}
}

// size writes a tick of the lower axis.
func (c chart) size(v float64) string {
	if c.x == "bytes" {
		return text.Size(int64(v))
	}
	return text.Exact(int64(v))
}

// ticks are the powers of ten in a range.
func ticks(low, high float64) []float64 {
	var out []float64
	for e := math.Ceil(math.Log10(low) - 1e-9); e <= math.Log10(high)+1e-9; e++ {
		out = append(out, math.Pow(10, e))
	}
	return out
}

func inTime(ms float64) string { return text.Duration(time.Duration(ms * float64(time.Millisecond))) }
