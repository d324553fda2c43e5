package page

import (
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
)

// A Histogram counts values in ranges of one width.
type Histogram struct {
	Low    float64 `json:"low"`              // where the first range begins
	High   float64 `json:"high"`             // where the last range ends
	Before []int   `json:"before,omitempty"` // of the first model, by range
	After  []int   `json:"after,omitempty"`  // of the second model, by range
}

// bins is the most ranges of a histogram.
const bins = 64

// histogramOf counts the values of both models, either of which may be nil. It is nil
// where there is nothing to count.
func histogramOf(before, after *loss.Values) *Histogram {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range []*loss.Values{before, after} {
		eachFinite(v, func(x float64) { low, high = min(low, x), max(high, x) })
	}
	if low > high {
		return nil
	}
	first, width, n := ranges(low, high, stepOf(after, before))
	h := &Histogram{Low: round(first), High: round(first + float64(n)*width)}
	count := func(v *loss.Values) []int {
		if v == nil {
			return nil
		}
		out := make([]int, n)
		eachFinite(v, func(x float64) { out[max(0, min(n-1, int((x-first)/width)))]++ })
		return out
	}
	h.Before, h.After = count(before), count(after)
	return h
}

// stepOf is the distance of stored values, where it is one for all.
func stepOf(candidates ...*loss.Values) float64 {
	for _, v := range candidates {
		if v != nil && len(v.Scales()) == 1 {
			return float64(v.Scales()[0])
		}
	}
	return 0
}

// ranges divides the numbers from low to high. Ranges have the width of whole steps where
// these are known: else some would hold more stored values than others.
func ranges(low, high, step float64) (first, width float64, n int) {
	from, to := math.Round(low/step), math.Round(high/step)
	if levels := to - from + 1; step > 0 && levels < 1<<20 {
		each := math.Ceil(levels / bins)
		return (from - 0.5) * step, each * step, int(math.Ceil(levels / each))
	}
	if width = (high - low) / bins; width > 0 && !math.IsInf(width, 0) {
		return low, width, bins
	}
	return low - 0.5, 1, 1
}

// eachFinite calls f with the values that are numbers.
func eachFinite(v *loss.Values, f func(float64)) {
	if v == nil {
		return
	}
	for part := range v.Parts() {
		for _, x := range part {
			if x := float64(x); x-x == 0 {
				f(x)
			}
		}
	}
}
