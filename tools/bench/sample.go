package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

// A series has one number for each round of a measurement.
type series []float64

func (s series) median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	return spread.Quantile(slices.Sorted(slices.Values(s)), 0.5)
}

// over divides each number by that of the same round, so that what disturbs
// both has less weight. Rounds that only one of them has are left out.
func (s series) over(base series) series {
	n := min(len(s), len(base))
	ratios := make(series, n)
	for i := range ratios {
		ratios[i] = s[i] / base[i]
	}
	return ratios
}

// interval writes the median and, in brackets, the interval.
func (s series) interval() string {
	switch len(s) {
	case 0:
		return "-"
	case 1:
		return text.Figures(s[0])
	}
	return spread.Of(s).String()
}

// words is interval that says where it is too wide to tell.
func (s series) words() string {
	if len(s) > 1 {
		return spread.Of(s).Judged()
	}
	return s.interval()
}

// A goal is a bound, and what was measured of it.
type goal struct {
	what    string
	bound   float64
	atLeast bool // else at most
	unit    string
	values  series
	cpu     series // the same of processor time, where that is another
}

func (g *goal) met() bool {
	if g.atLeast {
		return g.values.median() >= g.bound
	}
	return g.values.median() <= g.bound
}

// verdict says whether the goal is met. Rounds that differ by much tell nothing about a
// bound that is among them.
func (g *goal) verdict() string {
	if i := spread.Of(g.values); len(g.values) > 1 && i.Noisy() && i.Has(g.bound) {
		return spread.Noise
	}
	if g.met() {
		return "met"
	}
	return "**not met**"
}

func (g *goal) target() string {
	word := "at most"
	if g.atLeast {
		word = "at least"
	}
	return fmt.Sprintf("%s %v%s", word, g.bound, g.unit)
}
