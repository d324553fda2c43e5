package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const (
	tail     = 0.1  // of the rounds lie below an interval, and as many above it
	floor    = 0.03 // of the median: an interval reaches at least so far each way
	tooNoisy = 0.15 // of the median: an interval that reaches farther tells nothing
)

// spread is the median with the interval that most rounds lie in.
func spread(values []float64) Interval {
	sorted := slices.Sorted(slices.Values(values))
	m := quantile(sorted, 0.5)
	return Interval{round(m), round(min(quantile(sorted, tail), m*(1-floor))), round(max(quantile(sorted, 1-tail), m*(1+floor)))}
}

// quantile interpolates between sorted values.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// round leaves what is printed and compared.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// noisy reports whether the interval of a ratio is too wide to tell.
func (i Interval) noisy() bool { return i.High-i.Low > 2*tooNoisy*i.Value }

// overlaps reports whether two runs agree.
func (i Interval) overlaps(j Interval) bool { return i.Low <= j.High && j.Low <= i.High }

// ratio writes a ratio with its interval.
func (i Interval) ratio() string {
	s := fmt.Sprintf("%s (%s-%s)", text.Figures(i.Value), text.Figures(i.Low), text.Figures(i.High))
	if i.noisy() {
		return "too noisy to tell: " + s
	}
	return s
}
