package encode

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// In parts of any size, scales that are searched are the same, and those of MSE the
// factor times the root of the mean square.
func TestSearchedScales(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 500 {
		shape := []int32{int32(1 + r.IntN(9)), int32(1 + r.IntN(40)), int32(1 + r.IntN(9))}
		n := int(shape[0] * shape[1] * shape[2])
		data := normal(r, n)
		f := Clipped{Bits: []uint8{8, 4}[r.IntN(2)], Scope: PerTensor, Method: MSE + Method(r.IntN(2))}
		if r.IntN(3) > 0 {
			f.Scope, f.Axis = PerChannel, []int32{0, 2}[r.IntN(2)]
		}
		e, err := f.Fit(Tensor{Shape: shape, Values: n})
		if err != nil {
			t.Fatal(err)
		}
		enc := e.Encoder()
		want := make([]byte, e.Len())
		Whole(e, enc, want, nil, data)
		got, numbers := inParts(r, e, data, floatSize*(1+r.IntN(2*n)))
		if !bytes.Equal(got, want) || bitsOf(numbers.Scale) != bitsOf(enc.Numbers().Scale) {
			t.Fatalf("%v, shape %v: other values in parts", f, shape)
		}
		if f.Method == MSE {
			checkMeanSquares(t, f, shape, data, numbers.Scale)
		}
	}
}

func normal(r *rand.Rand, n int) []byte {
	var values []float32
	for range n {
		values = append(values, float32(r.NormFloat64()))
	}
	return []byte(bitsOf(values))
}

func checkMeanSquares(t *testing.T, f Clipped, shape []int32, data []byte, scales []float32) {
	t.Helper()
	factor := 0.05408
	if f.Bits == 4 {
		factor = 0.37755
	}
	sums := make([]float64, len(scales))
	run := len(data) / floatSize
	if f.Scope == PerChannel {
		run = channelsOf(Tensor{Shape: shape, Values: run}, f.Axis).run
	}
	n := len(data) / floatSize
	for i := range n {
		v := float64(firstValue(data[floatSize*i:]))
		sums[i/run%len(sums)] += v * v
	}
	for c, s := range scales {
		want := factor * math.Sqrt(sums[c]/float64(n/len(sums)))
		if math.Abs(float64(s)-want) > 1e-5*want {
			t.Fatalf("%v, shape %v, channel %d: scale %g, want %g", f, shape, c, s, want)
		}
	}
}

// OCTAV's bound has less error than the outermost value where there is an outlier, and
// none is larger than that.
func TestOCTAVCutsOutliers(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	const n = 4096
	data := append(normal(r, n-1), bitsOf([]float32{20})...)
	for _, bits := range []uint8{4, 2} {
		noise := func(f Format) float64 {
			e, err := f.Fit(Tensor{Shape: []int32{1, n}, Values: n})
			if err != nil {
				t.Fatal(err)
			}
			enc := e.Encoder()
			out := make([]byte, e.Len())
			Whole(e, enc, out, nil, data)
			sum, scale := 0.0, float64(enc.Numbers().Scale[0])
			for i := range n {
				code := int8(out[i*int(bits)/8]>>(i*int(bits)%8)<<(8-bits)) >> (8 - bits)
				d := float64(code)*scale - float64(firstValue(data[floatSize*i:]))
				sum += d * d
			}
			return sum
		}
		if a, b := noise(Clipped{Bits: bits, Method: OCTAV, Scope: PerTensor}), noise(Integer{Bits: bits, Scope: PerTensor}); a > b/2 {
			t.Errorf("%d bits: %g, by the outermost value %g", bits, a, b)
		}
	}
}

func TestSearchedScalesOfAMiddleDimension(t *testing.T) {
	if _, err := (Clipped{Bits: 4, Scope: PerChannel, Axis: 1}).Fit(Tensor{Shape: []int32{2, 3, 4}, Values: 24}); err == nil {
		t.Error("no error")
	}
}

// Squares that come in parts are summed as if they were there at once, to the bit.
func TestSquaresInParts(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for n := 1; n < 3000; n += 1 + n/7 {
		data := normal(r, n)
		squares := make([]float32, n)
		for i := range squares {
			v := firstValue(data[floatSize*i:])
			squares[i] = float32(v * v)
		}
		rest := data
		p := puller{next: func() ([]byte, bool) {
			part := rest[:min(len(rest), floatSize*(1+r.IntN(300)))]
			rest = rest[len(part):]
			return part, true
		}}
		if got, want := p.squares(n), pairwise(squares); got != want {
			t.Fatalf("%d values: %g, want %g", n, got, want)
		}
	}
}
