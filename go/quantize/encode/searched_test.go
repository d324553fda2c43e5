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
	if !(m > 1e-9) || m > 1e30 {
		if m < 1e-9 {
			m = 1e-9
		}
		return m / float32(high)
	}
	best, scale, at, middle := 0.0, float32(0), 0.0, 0.0
	for try := range 16 {
		smaller := float64(try) * (4.0 / 40)
		if try >= 8 {
			smaller = middle - 4.0/40 + 0.5/40 + float64(try-8)*(1.0/40)
		}
		factor := float32(high / (float64(m) * (1 - smaller)))
		a, b := 0.0, 0.0
		for from := 0; from < len(channel); from += 1024 {
			var products, squares [8]float32
			for i, x := range channel[from:min(len(channel), from+1024)] {
				x = float32(math.Abs(float64(x)))
				v := float32(math.RoundToEven(math.Min(high, float64(float32(float64(x)*float64(factor))))))
				products[i%8] += float32(float64(v) * float64(x))
				squares[i%8] += v * v
			}
			a += float64(sumOf(products))
			b += float64(sumOf(squares))
		}
		if b > 0 && a*a/b > best {
			best, scale, at = a*a/b, float32(a/b), smaller
		}
		if try < 8 {
			middle = at
		}
	}
	return scale
}

// sumOf adds lanes, half of them to the other half.
func sumOf(lanes [8]float32) float32 {
	for n := 4; n > 0; n /= 2 {
		for i := range n {
			lanes[i] += lanes[n+i]
		}
	}
	return lanes[0]
}

// In parts of any size, scales are those of the naive search and codes those of an
// Integer with them; the squares of errors are no more than those of the largest value's
// scale.
func TestScalesAreSearchedValueByValue(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	better := 0
	for round := range 1000 {
		shape := []int32{int32(1 + r.IntN(9)), int32(1 + r.IntN(60))}
		if round%50 == 0 {
			shape[1] = int32(1000 + r.IntN(1500))
		}
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
				found, plain, whole := 0.0, 0.0, 0.0
				least := naivePeak(channel) / float32(high)
				for i, x := range channel {
					q := int8(codes[c*int(shape[1])+i])
					if want := math.Max(-high, math.Min(high, math.RoundToEven(float64(x/scale)))); float64(q) != want {
						t.Fatalf("%v with scale %v is %d, want %v", x, scale, q, want)
					}
					whole += square(float64(x))
					found += square(float64(x) - float64(q)*float64(scale))
					plain += square(float64(x) - math.RoundToEven(float64(x/least))*float64(least))
				}
				if found > plain*(1+1e-5)+1e-6*whole {
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
