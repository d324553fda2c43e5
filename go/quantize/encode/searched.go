package encode

import (
	"fmt"
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Searched is a symmetric Integer with the scale for each index of dimension 0 of which
// the squares of errors have the least sum, of 28 that are tried: outermost values are cut
// off where that makes the others better. With the largest absolute value m, factors
// f = max / (m * (1 - k/40)) are tried, v = round(|x|*f) limited to max, halves to even;
// the best has the largest A²/B, where A is the sum of v*|x| and B that of v², as
// kernel.Correlations sums; the scale is A/B.
//
// A channel of more than MostSummed values, which is held at once, has the scale of an
// Integer; so has one with NaN, infinities or values beyond 1e30.
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
	tries   = 28 // a multiple of kernel.Tries
	perUnit = 40 // tries from a scale to 0
)

// searchScale returns the scale of a channel. Products of the values with codes have to
// fit float32.
func searchScale(channel []byte, high float64) float32 {
	m := peakOf(kernel.MaxAbs(channel))
	plain := m / float32(high)
	if !(m > leastPeak) || m > mostPeak {
		return plain
	}
	best, scale := 0.0, plain
	for first := 0; first < tries; first += kernel.Tries {
		var factors [kernel.Tries]float32
		for t := range factors {
			factors[t] = float32(high / (float64(m) * (1 - float64(first+t)/perUnit)))
		}
		products, squares := kernel.Correlations(channel, factors, float32(high))
		for t, a := range products {
			if b := squares[t]; b > 0 && a*a/b > best {
				best, scale = a*a/b, float32(a/b)
			}
		}
	}
	return scale
}

// mostPeak is the largest value of channels whose scale is searched.
const mostPeak = 1e30
