package encode

import (
	"fmt"
	"math"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Integer is a signed integer of 8, 4 or 2 bits as litert-quantizer computes it, in
// float32. Values of 4 bits lie two in a byte, the first in the lower half, and values
// of 2 bits four.
//
// Symmetric: with the largest absolute value b, 1e-9 where that is less, scale = b/max,
// where max is 127, 7 or 1, and q = round(v/scale), halves to even, limited to
// [-127, 127], [-8, 7] or [-2, 1].
//
// Asymmetric: with the lowest and the highest value or 0, whichever is farther out, and
// their distance b, 1e-9 where that is less, scale = b/(2^bits - 1), zero point
// z = round(low - lowest/scale) and q = round(v/scale + z), limited to all integers of
// the bits, of which low is the lowest.
//
// A NaN makes the scale of its group one, and its codes 0; beside an infinity they are 0
// too. Minima and maxima that the model gives are dropped.
type Integer struct {
	Bits       uint8 // 8, 4 or 2
	Scope      Scope // PerTensor or PerChannel
	Axis       int32 // for PerChannel
	Asymmetric bool
}

func (f Integer) String() string {
	word := ""
	if f.Asymmetric {
		word = " asymmetric"
	}
	return fmt.Sprintf("int%d%s %v", f.Bits, word, f.Scope)
}

// Type is INT8, INT4 or INT2.
func (f Integer) Type() tflite.TensorType { return integerType(f.Bits) }

func integerType(bits uint8) tflite.TensorType {
	switch bits {
	case 4:
		return tflite.TensorTypeINT4
	case 2:
		return tflite.TensorTypeINT2
	}
	return tflite.TensorTypeINT8
}

// Granularity is PerTensor or PerChannel.
func (f Integer) Granularity() Granularity { return Granularity{Scope: f.Scope, Axis: f.Axis} }

// Fit takes every tensor that has the dimension.
func (f Integer) Fit(t Tensor) (Encoding, error) {
	c, err := channelsIn(t, f.Scope, f.Axis)
	if err != nil {
		return nil, err
	}
	return integers{c, f.Bits, f.Asymmetric}, nil
}

// channelsIn are the channels along the axis, or one of all values for PerTensor.
func channelsIn(t Tensor, s Scope, axis int32) (channels, error) {
	if s != PerChannel {
		return channels{t.Values, 1, t.Values}, nil
	}
	if err := checkAxis(t, axis); err != nil {
		return channels{}, err
	}
	return channelsOf(t, axis), nil
}

// Parameters are scale, zero_point and quantized_dimension alone.
func (f Integer) Parameters(_ *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	return symmetric(n, f.Axis)
}

type integers struct {
	channels
	bits       uint8
	asymmetric bool
}

func (e integers) Len() int { return packedLen(e.values, e.bits) }

// codes leaves out the one without an opposite, where there are no zero points.
func (e integers) codes() codeRange {
	high := highest(e.bits)
	if e.asymmetric {
		return codeRange{e.bits, -high - 1, high}
	}
	return codeRange{e.bits, -high, high}
}

// ParametersLen is that of the scales and zero points.
func (e integers) ParametersLen() int { return scaleLen * e.count }

func (e integers) Encoder() Encoder {
	steps := steps{bits: e.bits, scales: make([]float32, e.count), zeros: make([]float32, e.count)}
	var f formula = &steps
	if e.asymmetric {
		f = &affine{steps, make([]int64, e.count)}
	}
	c := newChannelEncoder(e.channels, f)
	c.fromZero, c.spreads, c.multiple = true, true, 8/int(e.bits)
	if a, ok := f.(*affine); ok {
		c.numbers.ZeroPoint = a.points
	}
	if e.bits == 8 {
		return &c
	}
	return &packer{c, e.bits}
}

// packedLen is the bytes of n values.
func packedLen(n int, bits uint8) int { return (n*int(bits) + 7) / 8 }

// lowest is the lowest code of symmetric integers, and highest that of all.
func lowest(bits uint8) int8 { return max(int8(-1)<<(bits-1), -maxInt8) }

func highest(bits uint8) int8 { return int8(uint8(1)<<(bits-1) - 1) }

// leastPeak is what smaller ranges count as.
const leastPeak = 1e-9

// steps is the formula of symmetric integers.
type steps struct {
	bits          uint8
	scales, zeros []float32
	double        bool // quotients are float64, of one scale
}

func (s *steps) scale(channel int, lo, hi float32) float32 {
	s.scales[channel] = peakOf(magnitude(lo, hi)) / float32(highest(s.bits))
	return s.scales[channel]
}

// peakOf widens a small range. A NaN becomes the usual one: max makes any of it.
func peakOf(b float32) float32 {
	if b != b {
		return nan
	}
	return max(b, leastPeak)
}

func (s *steps) store(dst, values []byte, channel int) {
	if s.double {
		for i := range dst {
			dst[i] = byte(doubleCode(firstValue(values[floatSize*i:]), s.scales[channel], s.bits))
		}
		return
	}
	kernel.Integers(dst, values, s.scales[channel], 0, lowest(s.bits), highest(s.bits))
}

func (s *steps) storeInterleaved(dst, values []byte) {
	kernel.IntegersInterleaved(dst, values, s.scales, s.zeros, lowest(s.bits), highest(s.bits))
}

// affine is the formula of asymmetric integers.
type affine struct {
	steps
	points []int64
}

func (a *affine) least() int8 { return int8(-1) << (a.bits - 1) }

// scale gets a range that has 0. Where there is no number for the zero point, it is 0.
func (a *affine) scale(channel int, lo, hi float32) float32 {
	scale := peakOf(hi-lo) / float32(int(1)<<a.bits-1)
	zero := float32(math.RoundToEven(float64(float32(a.least()) - float32(lo/scale))))
	a.scales[channel], a.zeros[channel], a.points[channel] = scale, zero, 0
	if zero == zero {
		a.points[channel] = int64(zero)
	}
	return scale
}

func (a *affine) store(dst, values []byte, channel int) {
	kernel.Integers(dst, values, a.scales[channel], a.zeros[channel], a.least(), highest(a.bits))
}

func (a *affine) storeInterleaved(dst, values []byte) {
	kernel.IntegersInterleaved(dst, values, a.scales, a.zeros, a.least(), highest(a.bits))
}

// A packer has several codes in a byte.
type packer struct {
	channelEncoder
	bits uint8
}

func (p *packer) Store(dst, _, values []byte, part int) {
	codes := takeCodes(len(values) / floatSize)
	p.channelEncoder.Store(*codes, nil, values, part)
	pack(dst, *codes, p.bits)
	codeRoom.Put(codes)
}

func pack(dst, codes []byte, bits uint8) {
	switch bits {
	case 8:
		copy(dst, codes)
	case 4:
		kernel.Pack4(dst, codes)
	default:
		kernel.Pack2(dst, codes)
	}
}

// unpack is the opposite of pack.
func unpack(codes, packed []byte, bits uint8) {
	source := Source{Type: integerType(bits)}
	for i := range codes {
		codes[i] = byte(int8(source.integer(packed, i)))
	}
}

// codeRoom keeps room for the codes of a part, one in a byte.
var codeRoom = sync.Pool{New: func() any { return new([]byte) }}

func takeCodes(n int) *[]byte {
	codes := codeRoom.Get().(*[]byte)
	if cap(*codes) < n {
		*codes = make([]byte, n)
	}
	*codes = (*codes)[:n]
	return codes
}
