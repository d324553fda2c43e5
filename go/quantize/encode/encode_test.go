package encode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// values are random floats with few zeros, NaN and infinities among them.
func values(r *rand.Rand, n int) []byte {
	data := make([]byte, floatSize*n)
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e-42}
	rare := 1 + r.IntN(40)
	for i := range n {
		v := float32(r.NormFloat64())
		if r.IntN(rare) == 0 {
			v = special[r.IntN(len(special))]
		}
		binary.LittleEndian.PutUint32(data[floatSize*i:], math.Float32bits(v))
	}
	return data
}

// inParts encodes as a stream does: parts of a size that the encoder chooses from a
// bound, in any order. Scales that are a tensor of their own follow the values.
func inParts(r *rand.Rand, e Encoding, data []byte, most int) ([]byte, *Numbers) {
	enc := e.Encoder()
	p := enc.Parts(most)
	n := parts(e.Values(), p.Values)
	part := func(i int) []byte {
		return data[min(len(data), floatSize*i*p.Values):min(len(data), floatSize*(i+1)*p.Values)]
	}
	if p.Look {
		for _, i := range r.Perm(n) {
			enc.Look(part(i), i)
		}
		enc.Decide(func(yield func([]byte) bool) {
			for i := range n {
				if !yield(part(i)) {
					return
				}
			}
		})
	}
	both := bytes.Repeat([]byte{0xa5}, e.Len()+e.ScalesLen()) // means nothing
	dst, scales := both[:e.Len()], both[e.Len():]
	for _, i := range r.Perm(n) {
		from, to := Share(e, len(dst), p, i)
		scalesFrom, scalesTo := Share(e, len(scales), p, i)
		enc.Store(dst[from:to], scales[scalesFrom:scalesTo], part(i), i)
	}
	return both, enc.Numbers()
}

// naive is int8 per channel, value by value.
func naive(shape []int32, axis int, data []byte) (out []byte, lo, hi []float32) {
	channels, run := int(shape[axis]), 1
	for _, d := range shape[axis+1:] {
		run *= int(d)
	}
	lo, hi = make([]float32, channels), make([]float32, channels)
	seen := make([]bool, channels)
	channel := func(i int) int { return i / run % channels }
	n := len(data) / floatSize
	for i := range n {
		v, c := firstValue(data[floatSize*i:]), channel(i)
		if !seen[c] {
			seen[c], lo[c], hi[c] = true, v, v
		}
		lo[c], hi[c] = kernel.MinMax(lo[c], hi[c], data[floatSize*i:floatSize*(i+1)])
	}
	out = make([]byte, n)
	for i := range n {
		half, inverse := magnitude(lo[channel(i)], hi[channel(i)]), float32(0)
		if half != 0 {
			inverse = maxInt8 / half
		}
		kernel.Int8Wrapping(out[i:i+1], data[floatSize*i:floatSize*(i+1)], inverse)
	}
	return out, lo, hi
}

// Channels of any dimension, in parts of any size, become what one value after the
// other becomes.
func TestChannelsInPartsAreAsValueByValue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		shape := make([]int32, 1+r.IntN(maxChannelDims))
		n := 1
		for i := range shape {
			shape[i] = int32(1 + r.IntN(12))
			n *= int(shape[i])
		}
		axis, most := r.IntN(len(shape)), floatSize*(1+r.IntN(2*n))
		data := values(r, n)
		e, err := Int8PerChannel{Axis: int32(axis)}.Fit(Tensor{Shape: shape, Values: n})
		if err != nil {
			t.Fatal(err)
		}
		got, numbers := inParts(r, e, data, most)
		want, lo, hi := naive(shape, axis, data)
		if !bytes.Equal(got, want) || bitsOf(numbers.Min) != bitsOf(lo) || bitsOf(numbers.Max) != bitsOf(hi) {
			t.Fatalf("shape %v, axis %d, parts of %d bytes: the encoded values or extremes differ", shape, axis, most)
		}
	}
}

// In parts of any size and order, every format gives what it gives at once.
func TestPartsAreAsWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		shape := []int32{int32(1 + r.IntN(9)), int32(1 + r.IntN(9)), int32(1 + r.IntN(9))}
		n := int(shape[0] * shape[1] * shape[2])
		given := &tflite.QuantizationParametersT{Min: make([]float32, 9), Max: slices.Repeat([]float32{1}, 9)}
		for _, c := range []struct {
			format Format
			given  *tflite.QuantizationParametersT
			length int // bytes of the source
		}{
			{Int8PerTensor{}, nil, floatSize * n},
			{Int8PerChannel{0}, nil, floatSize * n},
			{Int8PerChannel{1}, given, floatSize * n},
			{Int8PerChannel{2}, given, floatSize * n},
			{Int8Widened{}, given, floatSize * n},
			{Int8Reciprocal{0}, given, floatSize * n},
			{Int8Reciprocal{1}, nil, floatSize * n},
			{Int8Reciprocal{2}, nil, floatSize * n},
			{Int8Divided{Scope: PerTensor}, given, floatSize * n},
			{Int8Divided{PerChannel, 0}, nil, floatSize * n},
			{Int8Divided{PerChannel, 1}, nil, floatSize * n},
			{Int8Divided{PerChannel, 2}, nil, floatSize * n},
			{Integer{Bits: 8, Scope: PerTensor}, given, floatSize * n},
			{Integer{Bits: 8, Scope: PerChannel, Axis: 0}, nil, floatSize * n},
			{Integer{Bits: 8, Scope: PerChannel, Axis: 2, Asymmetric: true}, nil, floatSize * n},
			{Integer{Bits: 4, Scope: PerTensor, Asymmetric: true}, nil, floatSize * n},
			{Integer{Bits: 4, Scope: PerChannel, Axis: 0}, nil, floatSize * n},
			{Integer{Bits: 4, Scope: PerChannel, Axis: 1}, nil, floatSize * n},
			{Integer{Bits: 4, Scope: PerChannel, Axis: 2}, nil, floatSize * n},
			{Integer{Bits: 2, Scope: PerTensor}, nil, floatSize * n},
			{Integer{Bits: 2, Scope: PerChannel, Axis: 0}, nil, floatSize * n},
			{Integer{Bits: 2, Scope: PerChannel, Axis: 2}, nil, floatSize * n},
			{Float32{}, nil, floatSize * n},
			{Half{}, nil, floatSize * n},
			{Float16{}, nil, floatSize * n},
			{Float16{}, nil, r.IntN(floatSize*n + 1)},
		} {
			data := values(r, n)[:c.length]
			e, err := c.format.Fit(Tensor{Shape: shape, Values: n, Given: c.given})
			if err != nil {
				t.Fatal(err)
			}
			enc := e.Encoder()
			want := bytes.Repeat([]byte{0x5a}, e.Len())
			Whole(e, enc, want, nil, data)
			got, numbers := inParts(r, e, data, floatSize*(1+r.IntN(n)))
			if !bytes.Equal(got, want) {
				t.Fatalf("%v, shape %v: the encoded values differ", c.format, shape)
			}
			if g, w := bitsOfNumbers(numbers), bitsOfNumbers(enc.Numbers()); g != w {
				t.Fatalf("%v, shape %v: numbers %s, want %s", c.format, shape, g, w)
			}
		}
	}
}

func bitsOfNumbers(n *Numbers) string {
	return fmt.Sprintf("%x %v %x %x", bitsOf(n.Scale), n.ZeroPoint, bitsOf(n.Min), bitsOf(n.Max))
}

// Encodings are equal exactly where they make the same of the same values.
func TestEncodingsAreComparable(t *testing.T) {
	fit := func(f Format, given *tflite.QuantizationParametersT, shape ...int32) Encoding {
		n := 1
		for _, d := range shape {
			n *= int(d)
		}
		e, err := f.Fit(Tensor{Shape: shape, Values: n, Given: given})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	limits := func(hi float32) *tflite.QuantizationParametersT {
		return &tflite.QuantizationParametersT{Min: []float32{0, 0}, Max: []float32{hi, hi}}
	}
	distinct := []Encoding{
		fit(Int8PerTensor{}, nil, 2, 3), fit(Int8PerTensor{}, nil, 2, 4), fit(Float16{}, nil, 2, 3),
		fit(Int8PerChannel{0}, nil, 2, 3), fit(Int8PerChannel{1}, nil, 2, 3), fit(Int8PerChannel{0}, nil, 3, 2),
		fit(Int8PerChannel{0}, limits(1), 2, 3), fit(Int8PerChannel{0}, limits(2), 2, 3),
		fit(Int8Widened{}, nil, 2, 3), fit(Int8Reciprocal{0}, nil, 2, 3), fit(Int8Reciprocal{1}, nil, 2, 3),
		fit(Int8Divided{PerChannel, 0}, nil, 2, 3), fit(Int8Divided{PerChannel, 1}, nil, 2, 3), fit(Int8Divided{Scope: PerTensor}, nil, 2, 3),
		fit(Integer{Bits: 8, Scope: PerTensor}, nil, 2, 4), fit(Integer{Bits: 4, Scope: PerTensor}, nil, 2, 4), fit(Integer{Bits: 4, Scope: PerChannel}, nil, 2, 4),
		fit(Integer{Bits: 4, Scope: PerChannel, Asymmetric: true}, nil, 2, 4), fit(Integer{Bits: 4, Scope: PerChannel, Axis: 1}, nil, 2, 4),
		fit(Blocks{Bits: 4, Size: 4}, nil, 2, 8), fit(Blocks{Bits: 2, Size: 4}, nil, 2, 8), fit(Blocks{Bits: 4, Size: 8}, nil, 2, 8), fit(Blocks{Bits: 4, Size: 8, Floor: true}, nil, 2, 8),
		fit(Float32{}, nil, 2, 3), fit(Half{}, nil, 2, 3),
	}
	for i, a := range distinct {
		for j, b := range distinct {
			if (a == b) != (i == j) {
				t.Errorf("encodings %d and %d: equal is %v", i, j, a == b)
			}
		}
	}
	if fit(Int8PerChannel{0}, limits(1), 2, 3) != fit(Int8PerChannel{0}, limits(1), 2, 3) || fit(Int8PerChannel{0}, nil, 2, 3, 1) != fit(Int8PerChannel{0}, nil, 2, 3) {
		t.Error("the same layout and limits give encodings that differ")
	}
}

func TestTensorsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		axis  int32
		shape []int32
		given *tflite.QuantizationParametersT
		want  string
	}{
		{3, []int32{2, 2}, nil, "its shape is [2 2]: weights with a scale for each index of dimension 3 have 4 to 4 dimensions"},
		{0, []int32{1, 1, 1, 1, 1}, nil, "its shape is [1 1 1 1 1]: weights with a scale for each index of dimension 0 have 1 to 4 dimensions"},
		{0, []int32{2}, &tflite.QuantizationParametersT{Min: []float32{0}, Max: []float32{0, 0}}, "its quantization has 1 minima and 2 maxima: dimension 0 has 2 channels, each needs one of both, or none does"},
	} {
		if _, err := (Int8PerChannel{c.axis}).Fit(Tensor{Shape: c.shape, Values: 1, Given: c.given}); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// Parameters change what the format says, keep the rest, and leave the given ones alone.
func TestParametersKeepTheRest(t *testing.T) {
	given := &tflite.QuantizationParametersT{Min: []float32{1}, Max: []float32{2}, Scale: []float32{3}, QuantizedDimension: 7}
	before := *given
	n := &Numbers{Scale: []float32{9, 9}, ZeroPoint: []int64{0, 0}, Min: []float32{4, 4}, Max: []float32{5, 5}}
	for f, want := range map[Format]*tflite.QuantizationParametersT{
		Int8PerTensor{}:   {Min: given.Min, Max: given.Max, Scale: n.Scale, ZeroPoint: n.ZeroPoint, QuantizedDimension: 7},
		Int8PerChannel{2}: {Min: n.Min, Max: n.Max, Scale: n.Scale, ZeroPoint: n.ZeroPoint, QuantizedDimension: 2},
		Float16{}:         given,
		Int8Widened{}:     {Scale: n.Scale, ZeroPoint: n.ZeroPoint},
		Int8Reciprocal{3}: {Scale: n.Scale, ZeroPoint: n.ZeroPoint, QuantizedDimension: 3},

		Integer{Bits: 4, Scope: PerChannel, Axis: 3}: {Scale: n.Scale, ZeroPoint: n.ZeroPoint, QuantizedDimension: 3},
		Float32{}: given,
		Half{}:    given,

		Int8Divided{PerChannel, 1}: {Scale: n.Scale, ZeroPoint: n.ZeroPoint, QuantizedDimension: 1},
	} {
		if got := f.Parameters(given, n, -1); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: %+v, want %+v", f, got, want)
		}
	}
	if !reflect.DeepEqual(*given, before) {
		t.Error("the given parameters have changed")
	}
}
