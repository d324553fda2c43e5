package encode

import (
	"encoding/binary"
	"fmt"
	"math"

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

func (Int8PerChannel) String() string          { return "int8 per channel" }
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
	e := int8Channels{channels: channelsOf(t, f.Axis)}
	if q := t.Given; q != nil && len(q.Min)+len(q.Max) > 0 {
		if len(q.Min) < e.count || len(q.Max) < e.count {
			return nil, fmt.Errorf("its quantization has %d minima and %d maxima: dimension %d has %d channels, each needs one of both, or none does", len(q.Min), len(q.Max), f.Axis, e.count)
		}
		e.given = bitsOf(q.Min[:e.count]) + bitsOf(q.Max[:e.count])
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

type int8Channels struct {
	channels
	given string // the bits of given minima and maxima
}

// ParametersLen counts minima and maxima that the model gives, too.
func (e int8Channels) ParametersLen() int { return channelLen * e.count }

// channelLen is the bytes of a scale, a zero point, a minimum and a maximum.
const channelLen = 4 + 8 + 4 + 4

func (e int8Channels) Encoder() Encoder {
	c := newChannelEncoder(e.channels, ownRange{wrapping{make([]float32, e.count)}})
	if e.given != "" {
		half := len(e.given) / 2
		c.lo, c.hi, c.given = floatsOf(e.given[:half]), floatsOf(e.given[half:]), true
		return &c
	}
	c.numbers.Min, c.numbers.Max = c.lo, c.hi
	return &c
}

// ownRange is the formula of Int8PerChannel.
type ownRange struct{ wrapping }

// scale gives a channel of zeros the inverse 0.
func (r ownRange) scale(channel int, lo, hi float32) float32 {
	half := magnitude(lo, hi)
	r.inverse[channel] = 0
	if half != 0 {
		r.inverse[channel] = maxInt8 / half
	}
	return half / maxInt8
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
