package encode

import (
	"fmt"
	"iter"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Searched is a symmetric Integer with the scale for each index of dimension 0 of which
// the squares of errors have the least sum, of 29 that are tried: outermost values are cut
// off where that makes the others better. With the largest absolute value m, steps
// s = m/max * (1 - k/40) are tried, v = round(x/s) limited to [-max, max], halves to even;
// the best has the largest A²/B, where A is the sum of v*x and B that of v², in float64
// and in order; the scale is A/B.
//
// A channel of more than MostSummed values, which is held at once, has the scale of an
// Integer; so has one with NaN or infinities.
type Searched struct {
	Bits uint8 // 8 or 4
}

func (f Searched) String() string { return fmt.Sprintf("int%d per channel, scales searched", f.Bits) }

// Type is INT8 or INT4.
func (f Searched) Type() tflite.TensorType { return integerType(f.Bits) }

// Granularity is PerChannel of dimension 0.
func (f Searched) Granularity() Granularity { return Granularity{Scope: PerChannel} }

// Fit takes every tensor that has a dimension.
func (f Searched) Fit(t Tensor) (Encoding, error) {
	c, err := channelsIn(t, PerChannel, 0)
	if err != nil {
		return nil, err
	}
	e := integers{c, f.Bits, false}
	if c.run > MostSummed {
		return e, nil
	}
	return searched{e}, nil
}

// Parameters are scale, zero_point and quantized_dimension alone.
func (f Searched) Parameters(_ *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	return symmetric(n, 0)
}

type searched struct{ integers }

func (e searched) Encoder() Encoder {
	return &searcher{searched: e, numbers: Numbers{Scale: make([]float32, e.count), ZeroPoint: zeroPoints(e.count)}}
}

type searcher struct {
	searched
	numbers Numbers
	each    int // channels in a part
}

func (e *searcher) Numbers() *Numbers { return &e.numbers }

// Parts are whole channels, and whole bytes.
func (e *searcher) Parts(most int) Parts {
	inByte := 8 / int(e.bits)
	e.each = max(1, most/floatSize/e.run/inByte) * inByte
	return Parts{Values: e.each * e.run}
}

func (e *searcher) Look([]byte, int)        {}
func (e *searcher) Decide(iter.Seq[[]byte]) {}

func (e *searcher) Store(dst, _, values []byte, part int) {
	codes := takeCodes(len(values) / floatSize)
	defer codeRoom.Put(codes)
	high := highest(e.bits)
	for i := 0; i < len(*codes)/e.run; i++ {
		channel := values[floatSize*i*e.run : floatSize*(i+1)*e.run]
		scale := searchScale(channel, float64(high))
		e.numbers.Scale[part*e.each+i] = scale
		kernel.Integers((*codes)[i*e.run:(i+1)*e.run], channel, scale, 0, -high, high)
	}
	pack(dst, *codes, e.bits)
}

// The scales that are tried.
const (
	tries   = 29
	perUnit = 40 // tries from a scale to 0
)

// searchScale returns the scale of a channel.
func searchScale(channel []byte, high float64) float32 {
	m := peakOf(kernel.MaxAbs(channel))
	plain := m / float32(high)
	if !(m > leastPeak) || math.IsInf(float64(m), 0) {
		return plain
	}
	best, scale := 0.0, plain
	for k := range tries {
		s := float32(float64(m) / high * (1 - float64(k)/perUnit))
		a, b := correlation(channel, s, float32(high))
		if b > 0 && a*a/b > best {
			best, scale = a*a/b, float32(a/b)
		}
	}
	return scale
}

// rounder32 added to a float32 of a small magnitude and taken away again rounds it to an
// integer, halves to even.
const rounder32 = 3 << 22

// correlation returns the sums of v*x and of v² of values x and their codes v.
func correlation(channel []byte, s, high float32) (a, b float64) {
	for i := 0; i < len(channel); i += floatSize {
		x := firstValue(channel[i:])
		v := float32(max(-high, min(high, x/s)) + rounder32)
		v = float32(v - rounder32)
		a += float64(float64(v) * float64(x)) // exact, and never fused with the sum
		b += float64(float64(v) * float64(v))
	}
	return a, b
}
