package encode

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
)

// Recovery finds the scale of values that were integers once, as litert-quantizer's
// dequantized_weight_recovery does: of the absolute values of a group and 0, in their
// order, the smallest distance of two that is more than 1e-9; 1e-9 where there is none.
// With one scale for a tensor, each distance counts, of 1e-9 at least, and quotients are
// float64. No value may be farther than 1e-4 from its integer times the scale.
const (
	leastGap  = float32(1e-9)
	tolerance = 1e-4
)

// mostLevels are so many absolute values of a group that their scale fits none of them.
const mostLevels = 1 << 14

// ErrNotRecovered means that weights are no multiples of a scale.
var ErrNotRecovered = errors.New("its values are no integers times a scale: want weights that were quantized before")

// Err is ErrNotRecovered, or nil.
func (e *clippedEncoder) Err() error { return e.err }

// recover finds the scale of each group, one group after the other.
func (e *clippedEncoder) recover(values iter.Seq[[]byte]) {
	l := levels{tensor: e.tensor, peaks: e.peaks(values), scales: e.steps.scales}
	l.begin(0)
	e.eachGroup(values, l.add)
	l.end()
	worst := 0.0
	e.eachGroup(values, func(c int, v float32) {
		worst = math.Max(worst, e.distance(v, e.steps.scales[c])) // a NaN stays, and is let through
	})
	if l.many || worst > tolerance {
		e.err = fmt.Errorf("%w, not with distances up to %.3g", ErrNotRecovered, worst)
	}
}

// distance is how far a value is from its integer times the scale.
func (e *clippedEncoder) distance(v, scale float32) float64 {
	code := doubleCode(v, scale, e.bits)
	if !e.tensor {
		code = singleCode(v, scale, e.bits)
	}
	return math.Abs(float64(code)*float64(scale) - float64(v))
}

// doubleCode divides in float64, and singleCode in float32.
func doubleCode(v, scale float32, bits uint8) int8 {
	return codeOf(float64(v)/float64(scale), bits)
}

func singleCode(v, scale float32, bits uint8) int8 { return codeOf(float64(v/scale), bits) }

func codeOf(quotient float64, bits uint8) int8 {
	if quotient != quotient {
		return 0
	}
	return int8(math.RoundToEven(min(float64(highest(bits)), max(float64(lowest(bits)), quotient))))
}

// levels are the different absolute values of a group, ascending.
type levels struct {
	tensor        bool
	peaks, scales []float32
	group         int
	values        []float32
	nan, many     bool
}

func (l *levels) begin(group int) {
	l.group, l.values, l.nan = group, append(l.values[:0], 0), false
}

func (l *levels) add(group int, v float32) {
	if group != l.group {
		l.end()
		l.begin(group)
	}
	v = abs(v)
	if v != v {
		l.nan = true
		return
	}
	if len(l.values) > mostLevels && l.peaks[group] > tolerance {
		l.many = true
		return
	}
	if i, found := slices.BinarySearch(l.values, v); !found {
		l.values = slices.Insert(l.values, i, v)
	}
}

// end sets the scale of the group.
func (l *levels) end() {
	gap := float32(math.Inf(1))
	for i, v := range l.values[1:] {
		d := v - l.values[i]
		if l.tensor {
			d = max(d, leastGap)
		}
		if l.tensor || d > leastGap {
			gap = min(gap, d)
		}
	}
	switch {
	case l.tensor && l.nan:
		gap = nan
	case math.IsInf(float64(gap), 1) && !(l.tensor && len(l.values) > 1):
		gap = leastGap
	}
	l.scales[l.group] = gap
}
