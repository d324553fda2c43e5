package encode

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// The matrix is its own inverse, up to rounding.
func TestRotatingTwiceGivesTheValues(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 34))
	for n := 2; n <= 1024; n *= 2 {
		src := normal(r, 3*n)
		once, twice := make([]byte, len(src)), make([]byte, len(src))
		rotate(once, src, n)
		rotate(twice, once, n)
		for i := 0; i < len(src); i += floatSize {
			if d := math.Abs(float64(firstValue(twice[i:]) - firstValue(src[i:]))); d > 2e-5 {
				t.Fatalf("of %d values: %g becomes %g", n, firstValue(src[i:]), firstValue(twice[i:]))
			}
		}
		matrix := HadamardMatrix(n)
		for j := range n {
			sum := 0.0
			for k := range n {
				sum += float64(firstValue(src[floatSize*k:])) * float64(matrix[k*n+j])
			}
			if math.Abs(sum-float64(firstValue(once[floatSize*j:]))) > 1e-5 {
				t.Fatalf("of %d values: value %d is not the product with the matrix of the model", n, j)
			}
		}
	}
}

func TestPanelsOfProducts(t *testing.T) {
	for n, want := range map[int][]int{256: {256}, 448: {448}, 512: {256, 256}, 1024: {448, 288, 288}, 2048: {448, 448, 448, 352, 352}} {
		for _, panel := range want {
			if got := panelOf(n); got != panel {
				t.Errorf("of %d left: %d, want %d", n, got, panel)
			}
			n -= panel
		}
		if n != 0 {
			t.Errorf("%d are left", n)
		}
	}
}

// Rotated values are encoded as others, in parts of any size, held in memory or not.
func TestRotatedFormats(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 36))
	for range 60 {
		rows, columns := 1+r.IntN(9), []int{32, 96, 128, 320}[r.IntN(4)]
		n := rows * columns
		f := Rotated{Of: Clipped{Bits: []uint8{8, 4, 2}[r.IntN(3)], Scope: []Scope{PerTensor, PerChannel}[r.IntN(2)], Method: OCTAV}, Most: []int32{0, 8, 20}[r.IntN(3)]}
		if r.IntN(3) == 0 {
			f.Of = Blocks{Bits: 4, Size: 32, Method: OCTAV}
		}
		shape := Tensor{Shape: []int32{int32(rows), int32(columns)}, Values: n}
		e, err := f.Fit(shape)
		if err != nil {
			t.Fatal(err)
		}
		data, turned := normal(r, n), make([]byte, floatSize*n)
		rotate(turned, data, int(f.Size(shape.Shape)))
		of, err := f.Of.Fit(shape)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]byte, of.Len()+of.ScalesLen())
		Whole(of, of.Encoder(), want[:of.Len()], want[of.Len():], turned)
		got, _ := inParts(r, e, data, floatSize*(1+r.IntN(2*n)))
		if !bytes.Equal(got, want) {
			t.Fatalf("%v: other values than of the rotated ones", f)
		}
		if got, _ := inParts(r, unheld{e}, data, floatSize*(1+r.IntN(2*n))); !bytes.Equal(got, want) {
			t.Fatalf("%v: other values where they are not held", f)
		}
	}
	for _, shape := range [][]int32{{4, 7}, {4}, {2, 8192}} {
		n := 1
		for _, d := range shape {
			n *= int(d)
		}
		if _, err := (Rotated{Of: Clipped{Bits: 8, Scope: PerTensor, Method: OCTAV}}).Fit(Tensor{Shape: shape, Values: n}); err == nil {
			t.Errorf("%v fits", shape)
		}
	}
}

// unheld does not hold rotated values.
type unheld struct{ Encoding }

func (e unheld) Encoder() Encoder {
	r := e.Encoding.Encoder().(*rotatedEncoder)
	r.held = nil
	return r
}
