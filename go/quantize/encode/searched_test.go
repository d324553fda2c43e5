package encode

import (
	"math"
	"math/rand/v2"
	"testing"
)

// naiveSearch is the scale of a channel, value by value.
func naiveSearch(channel []float32, high float64) float32 {
	m := float32(0)
	for _, v := range channel {
		m = max(m, float32(math.Abs(float64(v))))
	}
	if !(m > 1e-9) || math.IsInf(float64(m), 0) {
		if m < 1e-9 {
			m = 1e-9
		}
		return m / float32(high)
	}
	best, scale := 0.0, float32(0)
	for k := range 29 {
		s := float32(float64(m) / high * (1 - float64(k)/40))
		a, b := 0.0, 0.0
		for _, x := range channel {
			v := math.RoundToEven(float64(x / s))
			v = math.Max(-high, math.Min(high, v))
			a += v * float64(x)
			b += v * v
		}
		if b > 0 && a*a/b > best {
			best, scale = a*a/b, float32(a/b)
		}
	}
	return scale
}

// In parts of any size, scales are those of the naive search and codes those of an
// Integer with them; the squares of errors are no more than those of the largest value's
// scale.
func TestScalesAreSearchedValueByValue(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	better := 0
	for round := range 1000 {
		shape := []int32{int32(1 + r.IntN(9)), int32(1 + r.IntN(60))}
		n := int(shape[0] * shape[1])
		v := randomFloats(r, n)
		if round%4 == 0 {
			clear(v[:shape[1]])
		}
		data := floatBytes(v...)
		if round%7 == 0 {
			data = values(r, n)
			v = Floats(data)
		}
		for _, bits := range []uint8{4, 8} {
			e, err := Searched{bits}.Fit(Tensor{Shape: shape, Values: n})
			if err != nil {
				t.Fatal(err)
			}
			packed, numbers := inParts(r, e, data, floatSize*(1+r.IntN(2*n)))
			codes := Source{Type: integerType(bits)}.codes(packed, n)
			high := float64(highest(bits))
			for c, scale := range numbers.Scale {
				channel := v[c*int(shape[1]) : (c+1)*int(shape[1])]
				want := naiveSearch(channel, high)
				if math.Float32bits(want) != math.Float32bits(scale) && want == want {
					t.Fatalf("shape %v, channel %d of %d bits: scale %v, want %v", shape, c, bits, scale, want)
				}
				if scale != scale || math.IsInf(float64(scale), 0) {
					continue
				}
				found, plain := 0.0, 0.0
				least := naivePeak(channel) / float32(high)
				for i, x := range channel {
					q := int8(codes[c*int(shape[1])+i])
					if want := math.Max(-high, math.Min(high, math.RoundToEven(float64(x/scale)))); float64(q) != want {
						t.Fatalf("%v with scale %v is %d, want %v", x, scale, q, want)
					}
					found += square(float64(x) - float64(q)*float64(scale))
					plain += square(float64(x) - math.RoundToEven(float64(x/least))*float64(least))
				}
				if found > plain*(1+1e-5)+1e-30 {
					t.Fatalf("shape %v, channel %d: error %v, of the largest value's scale %v", shape, c, found, plain)
				}
				if found < 0.9*plain {
					better++
				}
			}
		}
	}
	if better < 500 {
		t.Errorf("%d channels are better", better)
	}
}

func naivePeak(channel []float32) float32 {
	m := float32(1e-9)
	for _, v := range channel {
		m = max(m, float32(math.Abs(float64(v))))
	}
	return m
}

func square(v float64) float64 { return v * v }
