package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// Products are fused, whatever the exponents and signs are.
func TestFusedProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	any := func() float32 { return float32(math.Ldexp(r.Float64()-0.5, r.IntN(60)-30)) }
	for range 200000 {
		v, factor, sum := any(), any(), any()
		if r.IntN(4) == 0 { // a tie, and a bit more or less
			sign := float32(1 - 2*r.IntN(2))
			v, factor, sum = sign*float32(math.Ldexp(1+0x1p-23, -24)), 1-0x1p-23, sign
		}
		exact := new(big.Float).SetPrec(300).Mul(big.NewFloat(float64(v)), big.NewFloat(float64(factor)))
		want, _ := exact.Add(exact, big.NewFloat(float64(sum))).Float32()
		if got := fused(v, factor, sum); got != want {
			t.Fatalf("%x*%x + %x: got %x, want %x", v, factor, sum, got, want)
		}
	}
}

func TestAddingProducts(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(33, 34))
		for n := range 70 {
			values, table, sums := make([]float32, n), make([]float32, n*ProductLanes), make([]float32, ProductLanes)
			for _, s := range [][]float32{values, table, sums} {
				for i := range s {
					s[i] = float32(r.NormFloat64())
					if n%7 == 6 && r.IntN(40) == 0 {
						s[i] = special[r.IntN(len(special))]
					}
				}
			}
			want := append([]float32{}, sums...)
			for k, v := range values {
				for j := range want {
					want[j] = fused(v, table[ProductLanes*k+j], want[j])
				}
			}
			AddProducts(sums, values, table)
			for j := range sums {
				if sums[j] != want[j] && (sums[j] == sums[j] || want[j] == want[j]) {
					t.Fatalf("%d values, sum %d: got %x, want %x", n, j, sums[j], want[j])
				}
			}
		}
		defer func() {
			if recover() == nil {
				t.Error("a short table is let through")
			}
		}()
		AddProducts(make([]float32, ProductLanes), make([]float32, 2), make([]float32, ProductLanes))
	})
}
