package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A series has one number for each round of a measurement.
type series []float64

func (s series) median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	return (sorted[(len(s)-1)/2] + sorted[len(s)/2]) / 2
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

// spread writes the median and, in brackets, the range.
func (s series) spread() string {
	if len(s) == 0 {
		return "-"
	}
	if len(s) == 1 {
		return text.Figures(s[0])
	}
	return fmt.Sprintf("%s (%s-%s)", text.Figures(s.median()), text.Figures(slices.Min(s)), text.Figures(slices.Max(s)))
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

func (g *goal) target() string {
	word := "at most"
	if g.atLeast {
		word = "at least"
	}
	return fmt.Sprintf("%s %v%s", word, g.bound, g.unit)
}
