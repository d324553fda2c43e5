package encode

import (
	"fmt"
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Searched is a symmetric Integer with the scale for each index of dimension 0 of which
// the squares of errors have the least sum, of 16 that are tried: outermost values are cut
// off where that makes the others better. With the largest absolute value m, factors
// f = max / (m * (1 - k/40)) are tried, v = round(|x|*f) limited to max, halves to even;
// the best has the largest A²/B, where A is the sum of v*|x| and B that of v², as
// kernel.Correlations sums; the scale is A/B. First k is 0, 4, 8 and so on to 28, then it
// lies around the best of these, 1/2, 3/2, 5/2 and 7/2 below and above.
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
		scale := searchScale(channel, float32(high))
		e.numbers.Scale[part*e.each+i] = scale
		kernel.Integers((*codes)[i*e.run:(i+1)*e.run], channel, scale, 0, -high, high)
	}
	pack(dst, *codes, e.bits)
}

// searchScale returns the scale of a channel. Products of the values with codes have to
// fit float32.
func searchScale(channel []byte, high float32) float32 {
	m := peakOf(kernel.MaxAbs(channel))
	s := search{channel: channel, peak: m, high: high, scale: m / high}
	if !(m > leastPeak) || m > mostPeak {
		return s.scale
	}
	s.try(0, coarse)
	s.try(s.best-coarse+fine/2, fine)
	return s.scale
}

// Steps between the scales that are tried, in parts of the largest value's scale: first
// from that downwards, then on both sides of the best one.
const (
	coarse = 4.0 / 40
	fine   = 1.0 / 40
	tries  = 2 * kernel.Tries // each time
)

// A search is that of a channel's scale.
type search struct {
	channel    []byte
	peak, high float32
	most       float64 // of A²/B
	best       float64 // how much smaller the scale of most is, in parts
	scale      float32
}

// try tries scales from one on.
func (s *search) try(first, step float64) {
	for from := 0; from < tries; from += kernel.Tries {
		var factors [kernel.Tries]float32
		smaller := func(t int) float64 { return first + float64(float64(from+t)*step) }
		for t := range factors {
			factors[t] = float32(float64(s.high) / (float64(s.peak) * (1 - smaller(t))))
		}
		products, squares := kernel.Correlations(s.channel, factors, s.high)
		for t, a := range products {
			if b := squares[t]; b > 0 && a*a/b > s.most {
				s.most, s.best, s.scale = a*a/b, smaller(t), float32(a/b)
			}
		}
	}
}

// mostPeak is the largest value of channels whose scale is searched.
const mostPeak = 1e30
