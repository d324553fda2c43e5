// Package spread has numbers with the spread of the rounds that they were measured in, and
// one rule for a spread that is too wide to tell anything.
package spread

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

// Noise stands in the place of what cannot be told.
const Noise = "too noisy to tell"

// Explained says what numbers and intervals are, in two lines for a page.
var Explained = fmt.Sprintf(`Numbers are medians over rounds; in brackets is the interval that the middle %.0f %% of the rounds
lie in, which reaches at least %.0f %% each way. Where it reaches farther than %.0f %%, the row is %s.`, 100*(1-2*tail), 100*floor, 100*tooNoisy, Noise)

// An Interval is a number with its spread.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Of returns the median of at least one value, with the interval that most of them lie in.
func Of(values []float64) Interval {
	sorted := slices.Sorted(slices.Values(values))
	m := Quantile(sorted, 0.5)
	return Interval{Round(m), Round(min(Quantile(sorted, tail), m*(1-floor))), Round(max(Quantile(sorted, 1-tail), m*(1+floor)))}
}

// Quantile interpolates between sorted values.
func Quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Round leaves what is printed and compared.
func Round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// Noisy reports whether the interval is too wide to tell.
func (i Interval) Noisy() bool { return i.High-i.Low > 2*tooNoisy*i.Value }

// Has reports whether a number lies in the interval.
func (i Interval) Has(v float64) bool { return i.Low <= v && v <= i.High }

// Overlaps reports whether two runs agree.
func (i Interval) Overlaps(j Interval) bool { return i.Low <= j.High && j.Low <= i.High }

// String writes the number and, in brackets, the interval.
func (i Interval) String() string {
	return fmt.Sprintf("%s (%s-%s)", text.Figures(i.Value), text.Figures(i.Low), text.Figures(i.High))
}

// Judged is String, after Noise where the interval is too wide to tell.
func (i Interval) Judged() string {
	if i.Noisy() {
		return Noise + ": " + i.String()
	}
	return i.String()
}
