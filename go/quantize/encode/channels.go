package encode

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// channels follow each other in runs of that many values, again and again. A whole
// tensor is one channel of one run.
type channels struct{ values, count, run int }

// channelsOf returns the channels of a dimension that the tensor has.
func channelsOf(t Tensor, axis int32) channels {
	return channels{values: t.Values, count: int(t.Shape[axis]), run: RunOf(t.Shape, axis)}
}

// RunOf returns how many values that lie side by side have one index of a dimension.
func RunOf(shape []int32, axis int32) int {
	run := 1
	for _, d := range shape[axis+1:] {
		run *= int(d)
	}
	return run
}

func checkAxis(t Tensor, axis int32) error {
	if axis < 0 || int(axis) >= len(t.Shape) {
		return fmt.Errorf("its shape is %v: weights with a scale for each index of dimension %d have more dimensions than that", t.Shape, axis)
	}
	return nil
}

func (c channels) Values() int    { return c.values }
func (c channels) Len() int       { return c.values }
func (c channels) ScalesLen() int { return 0 }

// A formula turns the range of a channel into its scale, and values into int8. It is
// used by several goroutines at a time, for different channels.
type formula interface {
	// scale returns the scale of a channel, and keeps what storing its values takes.
	scale(channel int, lo, hi float32) float32
	// store writes values of one channel.
	store(dst, values []byte, channel int)
	// storeInterleaved writes values of channels that alternate, from the first one on.
	storeInterleaved(dst, values []byte)
}

// A channelEncoder finds the range of every channel, and encodes by a formula.
type channelEncoder struct {
	channels
	formula
	numbers Numbers
	lo, hi  []float32 // of each channel
	// given tells that lo and hi are known from the start.
	given bool
	// fromZero has ranges include 0, which leaves their magnitude as it is, so that
	// no NaN counts. Else a channel's first value counts even if it is a NaN.
	fromZero bool
	// spreads has a NaN make its channel's range one; it goes with fromZero.
	spreads bool
	// multiple is that of which parts have values, but the last, where a byte has
	// several; 0 for any number.
	multiple int
	each     int  // values in a part
	whole    bool // parts are whole runs, each of which is a channel
	looked   []extremes
	// shared are the extremes of all parts so far, where parts have any order: one for
	// each that is looked at at the same time.
	shared *sharedExtremes
}

func newChannelEncoder(c channels, f formula) channelEncoder {
	return channelEncoder{
		channels: c,
		formula:  f,
		numbers:  Numbers{Scale: make([]float32, c.count), ZeroPoint: zeroPoints(c.count)},
		lo:       make([]float32, c.count),
		hi:       make([]float32, c.count),
	}
}

// extremes are minima and maxima of the runs from first on, or of all channels where
// a run is one value, as far as one part has them.
type extremes struct {
	first  int
	lo, hi []float32
}

func (e *channelEncoder) Numbers() *Numbers { return &e.numbers }

func (e *channelEncoder) Parts(most int) Parts {
	inPart := e.rounded(max(1, most/floatSize), 1)
	switch {
	case e.wholeRuns(inPart):
		e.each, e.whole = e.rounded(inPart, e.run), true
		return Parts{Values: e.each}
	case e.run == 1:
		e.each = e.rounded(inPart, e.count)
	default:
		e.each = inPart
	}
	if e.given {
		e.setScales()
		return Parts{Values: e.each}
	}
	if e.run == 1 && e.fromZero {
		e.shared = &sharedExtremes{channels: e.count}
		return Parts{Values: e.each, Look: true}
	}
	e.looked = make([]extremes, parts(e.values, e.each))
	return Parts{Values: e.each, Look: true}
}

// rounded returns the largest number of values up to n that are whole runs of a
// length and of bytes, at least the least one.
func (e *channelEncoder) rounded(n, run int) int {
	unit := run
	for m := max(e.multiple, 1); unit%m > 0; {
		unit += run
	}
	return max(1, n/unit) * unit
}

// wholeRuns tells that a channel is one run, of which a part has some: then a
// channel is still in the cache when its scale is known and it is read again.
func (e *channelEncoder) wholeRuns(inPart int) bool {
	return e.run > 1 && e.rounded(1, e.run) <= inPart && e.count*e.run == e.values
}

func (e *channelEncoder) Look(values []byte, part int) {
	if e.shared != nil {
		x := e.shared.take()
		e.lookInterleaved(x, values)
		e.shared.give(x)
		return
	}
	x := &e.looked[part]
	if e.run == 1 {
		if len(e.looked) == 1 {
			*x = extremes{0, e.lo, e.hi}
		} else {
			*x = newExtremes(0, e.count)
		}
		if part == 0 && !e.fromZero {
			for c := range x.lo {
				x.lo[c] = firstValue(values[floatSize*c:])
			}
			copy(x.hi, x.lo)
		}
		e.lookInterleaved(*x, values)
		return
	}
	first, at := e.place(part)
	*x = newExtremes(first, (at+len(values)/floatSize-1)/e.run+1)
	for i := range x.lo {
		n := min(floatSize*(e.run-at), len(values))
		if at == 0 && first+i < e.count && !e.fromZero {
			x.lo[i] = firstValue(values)
			x.hi[i] = x.lo[i]
		}
		x.lo[i], x.hi[i] = e.minMax(x.lo[i], x.hi[i], values[:n])
		values, at = values[n:], 0
	}
}

func (e *channelEncoder) lookInterleaved(x extremes, values []byte) {
	kernel.MinMaxInterleaved(x.lo, x.hi, values)
	if e.spreads && hasNaN(values) {
		spread(x.lo, x.hi, values)
	}
}

// minMax folds values of a channel into its extremes.
func (e *channelEncoder) minMax(lo, hi float32, values []byte) (float32, float32) {
	if e.spreads && hasNaN(values) {
		return nan, nan
	}
	return kernel.MinMax(lo, hi, values)
}

var nan = float32(math.NaN())

func hasNaN(values []byte) bool {
	peak := kernel.MaxAbs(values)
	return peak != peak
}

// spread makes the extremes NaN of channels of one value in each run that have one.
func spread(lo, hi []float32, values []byte) {
	for i := 0; i < len(values); i += floatSize {
		if v := firstValue(values[i:]); v != v {
			c := i / floatSize % len(lo)
			lo[c], hi[c] = nan, nan
		}
	}
}

// sharedExtremes are extremes of all channels that are not in use.
type sharedExtremes struct {
	channels int
	lock     sync.Mutex
	free     []extremes
}

func (s *sharedExtremes) take() extremes {
	s.lock.Lock()
	defer s.lock.Unlock()
	if n := len(s.free); n > 0 {
		x := s.free[n-1]
		s.free = s.free[:n-1]
		return x
	}
	return newExtremes(0, s.channels)
}

func (s *sharedExtremes) give(x extremes) {
	s.lock.Lock()
	s.free = append(s.free, x)
	s.lock.Unlock()
}

// newExtremes returns the extremes of n runs without a value. Any value replaces
// them but a NaN, which counts only as the first value of a channel.
func newExtremes(first, n int) extremes {
	inf := float32(math.Inf(1))
	return extremes{first, slices.Repeat([]float32{inf}, n), slices.Repeat([]float32{-inf}, n)}
}

// place returns the run in which a part starts, and at which value of it.
func (e *channelEncoder) place(part int) (run, at int) {
	from := part * e.each
	return from / e.run, from % e.run
}

// Decide folds the extremes of all parts, in their order, as one pass over all
// values would: of equal values the first stays.
func (e *channelEncoder) Decide(iter.Seq[[]byte]) {
	if e.shared != nil {
		for _, x := range e.shared.free {
			for c := range x.lo {
				e.widen(c, x.lo[c], x.hi[c])
			}
		}
		e.shared = nil
	}
	for part := range e.looked {
		x := &e.looked[part]
		_, at := e.place(part)
		for i := range x.lo {
			run := x.first + i
			if begins := at == 0 || i > 0; begins && run < e.count && (e.run > 1 || part == 0) && !e.fromZero {
				e.lo[run], e.hi[run] = x.lo[i], x.hi[i]
			} else {
				e.widen(run%e.count, x.lo[i], x.hi[i])
			}
		}
	}
	e.looked = nil
	e.setScales()
}

func (e *channelEncoder) widen(c int, lo, hi float32) {
	if e.spreads && lo != lo {
		e.lo[c], e.hi[c] = nan, nan
	}
	if lo < e.lo[c] {
		e.lo[c] = lo
	}
	if hi > e.hi[c] {
		e.hi[c] = hi
	}
}

func (e *channelEncoder) setScales() {
	for c := range e.lo {
		e.numbers.Scale[c] = e.scale(c, e.lo[c], e.hi[c])
	}
}

func (e *channelEncoder) Store(dst, _, values []byte, part int) {
	switch {
	case e.whole:
		e.storeRuns(dst, values, part)
	case e.run == 1:
		e.storeInterleaved(dst, values)
	default:
		run, at := e.place(part)
		for ; len(dst) > 0; run, at = run+1, 0 {
			n := min(e.run-at, len(dst))
			e.store(dst[:n], values[:floatSize*n], run%e.count)
			dst, values = dst[n:], values[floatSize*n:]
		}
	}
}

// storeRuns does everything for one channel after the other.
func (e *channelEncoder) storeRuns(dst, values []byte, part int) {
	for c, _ := e.place(part); len(dst) > 0; c++ {
		run := values[:floatSize*e.run]
		if !e.given {
			first := float32(0)
			if !e.fromZero {
				first = firstValue(run)
			}
			e.lo[c], e.hi[c] = e.minMax(first, first, run)
		}
		e.numbers.Scale[c] = e.scale(c, e.lo[c], e.hi[c])
		e.store(dst[:e.run], run, c)
		dst, values = dst[e.run:], values[floatSize*e.run:]
	}
}

// wrapping multiplies by an inverse for each channel and keeps the low eight bits.
type wrapping struct{ inverse []float32 }

func (w wrapping) store(dst, values []byte, channel int) {
	kernel.Int8Wrapping(dst, values, w.inverse[channel])
}

func (w wrapping) storeInterleaved(dst, values []byte) {
	kernel.Int8WrappingInterleaved(dst, values, w.inverse)
}
