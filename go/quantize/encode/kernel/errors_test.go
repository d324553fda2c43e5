package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// someErrors are values near the borders of what is looked for, and others.
func someErrors(r *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		switch r.IntN(8) {
		case 0:
			out[i] = []float32{0.5, -0.5, 0, negativeZero, nan, inf, -inf, math.Nextafter32(0.5, 1)}[r.IntN(8)]
		default:
			out[i] = float32(1.2*r.Float64() - 0.6)
		}
	}
	return out
}

// Errors, sums and places are those that are found one by one, for all lengths.
func TestErrorsOneByOne(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := seeded(21)
		for n := range 200 {
			src := weights(r, n, false)
			codes, errors := make([]byte, n), make([]float32, n)
			for i := range codes {
				codes[i] = byte(r.IntN(256))
			}
			scale, zero := float32(r.Float64()+0.01), float32(r.IntN(9)-4)
			RoundingErrors(errors, src, codes, scale, zero)
			for i, got := range errors {
				x := float32(float64(floatAt(src, i*floatSize)) / float64(scale))
				want := float32(float64(int8(codes[i])) - float64(float32(float64(x)+float64(zero))))
				if got != want && got == got {
					t.Fatalf("error %d of %d is %v, want %v", i, n, got, want)
				}
			}
			errors = someErrors(r, n)
			for _, sign := range []float32{1, -1} {
				low := float32(r.IntN(2)) * float32(r.Float64()*0.5)
				var want []uint32
				for i, v := range errors {
					if sign*v > low && sign*v <= 0.5 {
						want = append(want, uint32(i))
					}
				}
				if got := Between([]uint32{7}, errors, sign, low); !slices.Equal(got[1:], want) || got[0] != 7 {
					t.Fatalf("of %v: %v, want %v", errors, got[1:], want)
				}
			}
		}
	})
}

// Every implementation sums in the same order.
func TestSumsAreTheSameInEveryImplementation(t *testing.T) {
	want := map[int]float32{}
	eachImplementation(t, func(t *testing.T) {
		r := seeded(22)
		for n := range 300 {
			v := make([]float32, n)
			lanes := [8]float64{}
			for i := range v {
				v[i] = float32(r.NormFloat64())
				lanes[i%8] += float64(v[i])
			}
			got, exact := Sum(v), 0.0
			for _, l := range lanes {
				exact += l
			}
			if math.Abs(float64(got)-exact) > 1e-4 {
				t.Errorf("the sum of %d is %v, want %v", n, got, exact)
			}
			if before, ok := want[n]; ok && before != got {
				t.Errorf("the sum of %d is %v, and %v in another implementation", n, got, before)
			}
			want[n] = got
			for columns := 1; columns <= n; columns += 1 + columns/2 {
				whole := v[:n/columns*columns]
				sums := make([]float32, columns)
				ColumnSums(sums, whole)
				for c, got := range sums {
					want := float32(0)
					for i := c; i < len(whole); i += columns {
						want += whole[i]
					}
					if got != want {
						t.Fatalf("column %d of %d, %d values: %v, want %v", c, columns, len(whole), got, want)
					}
				}
			}
		}
	})
}

// Correlations are the same in every implementation, and those of a naive sum nearly.
func TestCorrelations(t *testing.T) {
	want := map[int][2][Tries]float64{}
	eachImplementation(t, func(t *testing.T) {
		r := seeded(23)
		for _, n := range []int{0, 1, 7, 8, 9, 100, 1023, 1024, 1025, 5000} {
			v := make([]float32, n)
			for i := range v {
				v[i] = float32(r.NormFloat64())
				if i%4 == 3 {
					v[i] = float32(r.IntN(8)) / 4 // halves, with some factors
				}
			}
			factors := [Tries]float32{1.5, 2, 3.25, 40}
			products, squares := Correlations(bytesOf(v), factors, 7)
			for f, factor := range factors {
				a, b := 0.0, 0.0
				for _, x := range v {
					c := math.RoundToEven(math.Min(7, math.Abs(float64(x*factor))))
					a += c * math.Abs(float64(x))
					b += c * c
				}
				if math.Abs(a-products[f]) > 1e-4*a || b != squares[f] {
					t.Errorf("%d values, factor %v: %v and %v, want %v and %v", n, factor, products[f], squares[f], a, b)
				}
			}
			if before, ok := want[n]; ok && before != [2][Tries]float64{products, squares} {
				t.Errorf("%d values: %v and %v, and %v in another implementation", n, products, squares, before)
			}
			want[n] = [2][Tries]float64{products, squares}
		}
	})
}

func TestErrorsOfLengthsThatDoNotFitPanic(t *testing.T) {
	for _, run := range []func(){
		func() { RoundingErrors(make([]float32, 2), make([]byte, 8), make([]byte, 3), 1, 0) },
		func() { ColumnSums(make([]float32, 2), make([]float32, 3)) },
		func() { ColumnSums(nil, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			run()
		}()
	}
}
