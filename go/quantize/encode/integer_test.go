package encode

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	ieee "github.com/x448/float16"
)

// A naiveGroup is the values that share a scale.
type naiveGroup struct {
	values []float32
	lo, hi float64
	nan    bool
}

func (g *naiveGroup) add(v float32) {
	g.values = append(g.values, v)
	g.nan = g.nan || v != v
	g.lo, g.hi = math.Min(g.lo, float64(v)), math.Max(g.hi, float64(v))
}

// naiveCode is a code by float64, rounded to float32 where the format computes so.
func naiveCode(v, scale, zero float32, lo, hi float64) int8 {
	x := float64(float32(float64(float32(float64(v)/float64(scale))) + float64(zero)))
	if math.IsNaN(x) {
		return 0
	}
	return int8(math.Max(lo, math.Min(hi, math.RoundToEven(x))))
}

// naiveInteger is an Integer, value by value.
func naiveInteger(f Integer, shape []int32, data []byte) (codes []int8, scales []float32, points []int64) {
	count, run := 1, len(data)/floatSize
	if f.Scope == PerChannel {
		count, run = int(shape[f.Axis]), 1
		for _, d := range shape[f.Axis+1:] {
			run *= int(d)
		}
	}
	groups := make([]naiveGroup, count)
	n := len(data) / floatSize
	for i := range n {
		groups[i/run%count].add(firstValue(data[floatSize*i:]))
	}
	zeros := make([]float32, count)
	least, most := -float64(int(1)<<(f.Bits-1)), float64(int(1)<<(f.Bits-1)-1)
	for c := range groups {
		g := &groups[c]
		if f.Asymmetric {
			scale := float32(math.Max(float64(float32(g.hi-g.lo)), float64(float32(1e-9)))) / float32(most-least)
			if g.nan {
				scale = float32(math.NaN())
			}
			zeros[c] = float32(math.RoundToEven(float64(float32(least) - float32(g.lo)/scale)))
			scales = append(scales, scale)
			if math.IsNaN(float64(zeros[c])) {
				points = append(points, 0)
			} else {
				points = append(points, int64(zeros[c]))
			}
			continue
		}
		scale := float32(math.Max(math.Max(-g.lo, g.hi), float64(float32(1e-9)))) / float32(most)
		if g.nan {
			scale = float32(math.NaN())
		}
		scales, points = append(scales, scale), append(points, 0)
	}
	if f.Bits == 8 && !f.Asymmetric {
		least = -127
	}
	for i := range n {
		c := i / run % count
		codes = append(codes, naiveCode(firstValue(data[floatSize*i:]), scales[c], zeros[c], least, most))
	}
	return codes, scales, points
}

// packed lays codes into bytes, bit by bit.
func packed(codes []int8, bits uint8) []byte {
	out := make([]byte, (len(codes)*int(bits)+7)/8)
	for i, c := range codes {
		for b := range int(bits) {
			at := i*int(bits) + b
			out[at/8] |= byte(c) >> b & 1 << (at % 8)
		}
	}
	return out
}

// In parts of any size, integers are what one value after the other becomes.
func TestIntegersAreAsValueByValue(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		shape := make([]int32, 1+r.IntN(4))
		n := 1
		for i := range shape {
			shape[i] = int32(1 + r.IntN(12))
			n *= int(shape[i])
		}
		f := Integer{Bits: []uint8{8, 4, 2}[r.IntN(3)], Scope: PerTensor, Asymmetric: r.IntN(2) == 0}
		if r.IntN(3) > 0 {
			f.Scope, f.Axis = PerChannel, int32(r.IntN(len(shape)))
		}
		data := values(r, n)
		e, err := f.Fit(Tensor{Shape: shape, Values: n})
		if err != nil {
			t.Fatal(err)
		}
		got, numbers := inParts(r, e, data, floatSize*(1+r.IntN(2*n)))
		codes, scales, points := naiveInteger(f, shape, data)
		if want := packed(codes, f.Bits); !bytes.Equal(got, want) {
			t.Fatalf("%v, shape %v: values %x, want %x", f, shape, got, want)
		}
		if !equalFloats(numbers.Scale, scales) || !slices.Equal(numbers.ZeroPoint, points) {
			t.Fatalf("%v, shape %v: scales %v and zero points %v, want %v and %v", f, shape, numbers.Scale, numbers.ZeroPoint, scales, points)
		}
	}
}

// equalFloats takes all NaN of b for the usual one, which a must have.
func equalFloats(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(a, b float32) bool {
		return a == b || b != b && math.Float32bits(a) == math.Float32bits(float32(math.NaN()))
	})
}

// Blocks in parts of any size are what one block after the other becomes: with scales
// that are floats of eight bits, and of at least 2^-14 with a floor.
func TestBlocksAreAsBlockByBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		f := Blocks{Bits: []uint8{4, 2}[r.IntN(2)], Size: 4 << r.IntN(4), Floor: r.IntN(2) == 0}
		rows, columns := 1+r.IntN(5), int(f.Size)*(1+r.IntN(4))
		n := rows * columns
		data := values(r, n)
		shrunk := float32(math.Ldexp(1, -r.IntN(60)))
		for i := 0; i < len(data); i += floatSize {
			binary.LittleEndian.PutUint32(data[i:], math.Float32bits(shrunk*firstValue(data[i:])))
		}
		e, err := f.Fit(Tensor{Shape: []int32{int32(rows), int32(columns)}, Values: n})
		if err != nil {
			t.Fatal(err)
		}
		enc := e.Encoder()
		p := enc.Parts(floatSize * (1 + r.IntN(2*n)))
		got, gotScales := make([]byte, e.Len()), make([]byte, e.ScalesLen())
		for _, i := range r.Perm(parts(n, p.Values)) {
			from, to := Share(e, len(got), p, i)
			scalesFrom, scalesTo := Share(e, len(gotScales), p, i)
			enc.Store(got[from:to], gotScales[scalesFrom:scalesTo], data[floatSize*i*p.Values:min(len(data), floatSize*(i+1)*p.Values)], i)
		}
		want, wantScales := naiveBlocks(f, data)
		if !bytes.Equal(got, want) || !bytes.Equal(gotScales, wantScales) {
			t.Fatalf("%v of %d values: %x with %x, want %x with %x", f, n, got, gotScales, want, wantScales)
		}
	}
}

func naiveBlocks(f Blocks, data []byte) (out, scales []byte) {
	most := float64(int(1)<<(f.Bits-1) - 1)
	var codes []int8
	for b := 0; b < len(data); b += floatSize * int(f.Size) {
		var g naiveGroup
		for i := range int(f.Size) {
			g.add(firstValue(data[b+floatSize*i:]))
		}
		scale := float32(math.Max(math.Max(-g.lo, g.hi), float64(float32(1e-9)))) / float32(most)
		if f.Floor {
			scale = max(scale, 0x1p-14)
		}
		if exponent := math.Floor(math.Log2(float64(scale))) - 7; !math.IsInf(float64(scale), 0) {
			scale = float32(math.Ldexp(math.RoundToEven(math.Ldexp(float64(scale), -int(exponent))), int(exponent)))
		}
		if g.nan {
			scale = float32(math.NaN())
		}
		half := ieee.Fromfloat32(scale)
		scales = binary.LittleEndian.AppendUint16(scales, half.Bits())
		for _, v := range g.values {
			codes = append(codes, naiveCode(v, half.Float32(), 0, -most-1, most))
		}
	}
	return packed(codes, f.Bits), scales
}

// Where all values are finite, no code of blocks or channels is the lowest one, which
// kernels misread.
func TestLowestCodeIsOnlyForVanishedScales(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	data := make([]byte, floatSize*256)
	for range 500 {
		shrunk := math.Ldexp(1, -r.IntN(60))
		for i := 0; i < len(data); i += floatSize {
			binary.LittleEndian.PutUint32(data[i:], math.Float32bits(float32(shrunk*r.NormFloat64())))
		}
		for _, f := range []Format{Integer{Bits: 4, Scope: PerChannel}, Integer{Bits: 4, Scope: PerTensor}, Blocks{Bits: 4, Size: 32, Floor: true}} {
			e, err := f.Fit(Tensor{Shape: []int32{4, 64}, Values: 256})
			if err != nil {
				t.Fatal(err)
			}
			out, scales := make([]byte, e.Len()), make([]byte, e.ScalesLen())
			Whole(e, e.Encoder(), out, scales, data)
			for _, b := range out {
				if b&15 == 8 || b>>4 == 8 {
					t.Fatalf("%v: code -8", f)
				}
			}
		}
	}
}

func TestBlocksThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		shape []int32
		want  string
	}{
		{[]int32{64}, "its shape is [64]: blocks are for matrices"},
		{[]int32{2, 32, 2}, "its shape is [2 32 2]: blocks are for matrices"},
		{[]int32{2, 48}, "its shape is [2 48]: blocks of 32 values do not fill rows of 48"},
	} {
		n := 1
		for _, d := range c.shape {
			n *= int(d)
		}
		if _, err := (Blocks{Bits: 4, Size: 32}).Fit(Tensor{Shape: c.shape, Values: n}); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
