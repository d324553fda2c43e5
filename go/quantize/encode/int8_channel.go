package encode

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Int8PerChannel is int8 with a scale for each index of a dimension, as TensorFlow
// Lite's Quantize Weights computes it in float32: half = max(|min|, |max|) of the
// channel, scale = half / 127 and q = round(v * (127 / half)), halves away from
// zero, of which the low eight bits are taken and -128 is raised to -127. A channel
// of zeros has the scale 0. Minima and maxima that the model gives are used as they
// are; others are computed and stored.
type Int8PerChannel struct{ Axis int32 }

// A tensor with more dimensions is refused, as by Quantize Weights.
const maxChannelDims = 4

func (Int8PerChannel) String() string { return "int8 per channel" }

// Type is INT8.
func (Int8PerChannel) Type() tflite.TensorType { return tflite.TensorTypeINT8 }

// Granularity is PerChannel.
func (f Int8PerChannel) Granularity() Granularity {
	return Granularity{Scope: PerChannel, Axis: f.Axis}
}

// Fit takes tensors of up to four dimensions whose parameters have a minimum and a
// maximum for each channel, or none.
func (f Int8PerChannel) Fit(t Tensor) (Encoding, error) {
	if dims := len(t.Shape); dims > maxChannelDims || int(f.Axis) >= dims {
		return nil, fmt.Errorf("its shape is %v: weights with a scale for each index of dimension %d have %d to %d dimensions", t.Shape, f.Axis, f.Axis+1, maxChannelDims)
	}
	e := int8Channels{channels: int(t.Shape[f.Axis]), run: 1}
	for _, d := range t.Shape[f.Axis+1:] {
		e.run *= int(d)
	}
	e.values = t.Values
	if q := t.Given; q != nil && len(q.Min)+len(q.Max) > 0 {
		if len(q.Min) < e.channels || len(q.Max) < e.channels {
			return nil, fmt.Errorf("its quantization has %d minima and %d maxima: dimension %d has %d channels, each needs one of both, or none does", len(q.Min), len(q.Max), f.Axis, e.channels)
		}
		e.given = bitsOf(q.Min[:e.channels]) + bitsOf(q.Max[:e.channels])
	}
	return e, nil
}

// Parameters sets scale, zero_point and quantized_dimension, and min and max where
// the model gives none.
func (f Int8PerChannel) Parameters(given *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	q := copyOf(given)
	q.Scale, q.ZeroPoint, q.QuantizedDimension = n.Scale, n.ZeroPoint, f.Axis
	if n.Min != nil {
		q.Min, q.Max = n.Min, n.Max
	}
	return q
}

// int8Channels has channels that follow each other in runs of that many values,
// again and again.
type int8Channels struct {
	values, channels, run int
	given                 string // the bits of given minima and maxima
}

func (e int8Channels) Values() int    { return e.values }
func (e int8Channels) Len() int       { return e.values }
func (e int8Channels) ScalesLen() int { return 0 }

// ParametersLen counts minima and maxima that the model gives, too.
func (e int8Channels) ParametersLen() int { return channelLen * e.channels }

// channelLen is the bytes of a scale, a zero point, a minimum and a maximum.
const channelLen = 4 + 8 + 4 + 4

func (e int8Channels) Encoder() Encoder {
	c := &int8ChannelEncoder{int8Channels: e}
	c.numbers.Scale, c.numbers.ZeroPoint = make([]float32, e.channels), zeroPoints(e.channels)
	if e.given != "" {
		half := len(e.given) / 2
		c.lo, c.hi = floatsOf(e.given[:half]), floatsOf(e.given[half:])
		return c
	}
	c.lo, c.hi = make([]float32, e.channels), make([]float32, e.channels)
	c.numbers.Min, c.numbers.Max = c.lo, c.hi
	return c
}

// bitsOf makes floats comparable, NaN and the signs of zeros included.
func bitsOf(values []float32) string {
	b := make([]byte, 0, floatSize*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return string(b)
}

func floatsOf(bits string) []float32 {
	values := make([]float32, len(bits)/floatSize)
	for i := range values {
		values[i] = firstValue([]byte(bits[floatSize*i : floatSize*(i+1)]))
	}
	return values
}

type int8ChannelEncoder struct {
	int8Channels
	numbers Numbers
	lo, hi  []float32 // of each channel; those of numbers unless they are given
	each    int       // values in a part
	inverse []float32 // of the scales, where parts are not whole runs
	looked  []extremes
}

// extremes are minima and maxima of the runs from first on, or of all channels where
// a run is one value, as far as one part has them.
type extremes struct {
	first  int
	lo, hi []float32
}

func (e *int8ChannelEncoder) Numbers() *Numbers { return &e.numbers }

func (e *int8ChannelEncoder) Parts(most int) Parts {
	inPart := max(1, most/floatSize)
	look := e.given == ""
	switch {
	case e.wholeRuns(inPart):
		e.each = inPart / e.run * e.run
		return Parts{Values: e.each}
	case e.run == 1:
		e.each = e.channels * max(1, inPart/e.channels)
	default:
		e.each = inPart
	}
	if !look {
		e.invert()
		return Parts{Values: e.each}
	}
	e.looked = make([]extremes, parts(e.values, e.each))
	return Parts{Values: e.each, Look: true}
}

// wholeRuns tells that a channel is one run, of which a part has some: then a
// channel is still in the cache when its scale is known and it is read again.
func (e *int8ChannelEncoder) wholeRuns(inPart int) bool {
	return e.run > 1 && e.run <= inPart && e.channels*e.run == e.values
}

func (e *int8ChannelEncoder) Look(values []byte, part int) {
	x := &e.looked[part]
	if e.run == 1 {
		if len(e.looked) == 1 {
			*x = extremes{0, e.lo, e.hi}
		} else {
			*x = newExtremes(0, e.channels)
		}
		if part == 0 {
			for c := range x.lo {
				x.lo[c] = firstValue(values[floatSize*c:])
			}
			copy(x.hi, x.lo)
		}
		kernel.MinMaxInterleaved(x.lo, x.hi, values)
		return
	}
	first, at := e.place(part)
	*x = newExtremes(first, (at+len(values)/floatSize-1)/e.run+1)
	for i := range x.lo {
		n := min(floatSize*(e.run-at), len(values))
		if at == 0 && first+i < e.channels {
			x.lo[i] = firstValue(values)
			x.hi[i] = x.lo[i]
		}
		x.lo[i], x.hi[i] = kernel.MinMax(x.lo[i], x.hi[i], values[:n])
		values, at = values[n:], 0
	}
}

// newExtremes returns the extremes of n runs without a value. Any value replaces
// them but a NaN, which counts only as the first value of a channel.
func newExtremes(first, n int) extremes {
	x := extremes{first, make([]float32, n), make([]float32, n)}
	for i := range x.lo {
		x.lo[i], x.hi[i] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
	return x
}

// place returns the run in which a part starts, and at which value of it.
func (e *int8ChannelEncoder) place(part int) (run, at int) {
	from := part * e.each
	return from / e.run, from % e.run
}

// Decide folds the extremes of all parts, in their order, as one pass over all
// values would: of equal values the first stays.
func (e *int8ChannelEncoder) Decide(iter.Seq[[]byte]) {
	for part := range e.looked {
		x := &e.looked[part]
		_, at := e.place(part)
		for i := range x.lo {
			run := x.first + i
			if begins := at == 0 || i > 0; begins && run < e.channels && (e.run > 1 || part == 0) {
				e.lo[run], e.hi[run] = x.lo[i], x.hi[i]
			} else {
				e.widen(run%e.channels, x.lo[i], x.hi[i])
			}
		}
	}
	e.looked = nil
	e.invert()
}

func (e *int8ChannelEncoder) widen(c int, lo, hi float32) {
	if lo < e.lo[c] {
		e.lo[c] = lo
	}
	if hi > e.hi[c] {
		e.hi[c] = hi
	}
}

// invert sets the scales that follow from minima and maxima, and keeps their inverses.
func (e *int8ChannelEncoder) invert() {
	e.inverse = make([]float32, e.channels)
	for c := range e.inverse {
		e.inverse[c] = e.scale(c)
	}
}

// scale sets the scale of one channel. A channel of zeros has the inverse 0.
func (e *int8ChannelEncoder) scale(c int) (inverse float32) {
	half := magnitude(e.lo[c], e.hi[c])
	e.numbers.Scale[c] = half / maxInt8
	if half != 0 {
		inverse = maxInt8 / half
	}
	return inverse
}

func (e *int8ChannelEncoder) Store(dst, _, values []byte, part int) {
	switch {
	case e.inverse == nil:
		e.storeRuns(dst, values, part)
	case e.run == 1:
		kernel.Int8WrappingInterleaved(dst, values, e.inverse)
	default:
		run, at := e.place(part)
		for ; len(dst) > 0; run, at = run+1, 0 {
			n := min(e.run-at, len(dst))
			kernel.Int8Wrapping(dst[:n], values[:floatSize*n], e.inverse[run%e.channels])
			dst, values = dst[n:], values[floatSize*n:]
		}
	}
}

// storeRuns does everything for one channel after the other.
func (e *int8ChannelEncoder) storeRuns(dst, values []byte, part int) {
	for c, _ := e.place(part); len(dst) > 0; c++ {
		run := values[:floatSize*e.run]
		if e.given == "" {
			first := firstValue(run)
			e.lo[c], e.hi[c] = kernel.MinMax(first, first, run)
		}
		kernel.Int8Wrapping(dst[:e.run], run, e.scale(c))
		dst, values = dst[e.run:], values[floatSize*e.run:]
	}
}

func firstValue(values []byte) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(values))
}

// magnitude is std::max of the absolute values: a NaN in lo stays, one in hi is
// passed over.
func magnitude(lo, hi float32) float32 {
	lo, hi = abs(lo), abs(hi)
	if lo < hi {
		return hi
	}
	return lo
}

func abs(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }
