package encode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// multiples are values that are codes times the scale of their group, in which codes 0
// and 1 occur, and the codes.
func multiples(r *rand.Rand, groups, size int, bits uint8) (data, codes []byte, scales []float32) {
	var values []float32
	for range groups {
		scale := float32(math.Exp(r.NormFloat64() - 3))
		scales = append(scales, scale)
		for i := range size {
			code := int8(r.IntN(int(highest(bits))*2+1) - int(highest(bits)))
			if i < 2 {
				code = int8(i)
			}
			codes = append(codes, byte(code))
			values = append(values, float32(code)*scale)
		}
	}
	return []byte(bitsOf(values)), codes, scales
}

// What was quantized before gets the codes that it had, in parts of any size.
func TestRecovery(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 400 {
		bits := []uint8{8, 4, 2}[r.IntN(3)]
		rows, columns := 1+r.IntN(9), 64*(1+r.IntN(3))
		var f Format
		var groups int
		switch r.IntN(3) {
		case 0:
			f, groups = Clipped{Bits: bits, Scope: PerTensor, Method: Recovery}, 1
		case 1:
			f, groups = Clipped{Bits: bits, Scope: PerChannel, Method: Recovery}, rows
		default:
			bits = min(bits, 4)
			f, groups = Blocks{Bits: bits, Size: 32, Method: Recovery}, rows*columns/32
		}
		data, codes, scales := multiples(r, groups, rows*columns/groups, bits)
		e, err := f.Fit(Tensor{Shape: []int32{int32(rows), int32(columns)}, Values: rows * columns})
		if err != nil {
			t.Fatal(err)
		}
		want := make([]byte, e.Len())
		pack(want, codes, bits)
		got, numbers := inParts(r, e, data, floatSize*(1+r.IntN(2*rows*columns)))
		if !bytes.Equal(got[:len(want)], want) {
			t.Fatalf("%v: other codes", f)
		}
		for i, s := range numbers.Scale {
			if math.Abs(float64(s-scales[i])) > 1e-4*float64(scales[i]) {
				t.Errorf("%v: the scale is %g, want %g", f, s, scales[i])
			}
		}
	}
}

func TestRecoveryRefusesOtherValues(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for _, f := range []Format{
		Clipped{Bits: 8, Scope: PerChannel, Method: Recovery}, Clipped{Bits: 4, Scope: PerTensor, Method: Recovery}, Blocks{Bits: 4, Size: 32, Method: Recovery},
	} {
		for name, c := range map[string]struct {
			data []byte
			want error
		}{
			"weights": {normal(r, 40*1024), ErrNotRecovered},
			"zeros":   {make([]byte, floatSize*40*1024), nil},
		} {
			e, err := f.Fit(Tensor{Shape: []int32{40, 1024}, Values: 40 * 1024})
			if err != nil {
				t.Fatal(err)
			}
			enc := e.Encoder()
			Whole(e, enc, make([]byte, e.Len()), make([]byte, e.ScalesLen()), c.data)
			if err := enc.(interface{ Err() error }).Err(); !errors.Is(err, c.want) {
				t.Errorf("%v, %s: %v", f, name, err)
			}
		}
	}
}

// Scales of blocks that are searched are the same in parts of any size, and those of
// Clipped for the blocks as channels, rounded.
func TestSearchedBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	for range 100 {
		bits := []uint8{4, 2}[r.IntN(2)]
		rows, columns := 1+r.IntN(9), 64*(1+r.IntN(3))
		blocks, n := rows*columns/64, rows*columns
		data := normal(r, n)
		e, err := Blocks{Bits: bits, Size: 64, Method: OCTAV}.Fit(Tensor{Shape: []int32{int32(rows), int32(columns)}, Values: n})
		if err != nil {
			t.Fatal(err)
		}
		got, scales := make([]byte, e.Len()), make([]byte, e.ScalesLen())
		Whole(e, e.Encoder(), got, scales, data)
		parts, _ := inParts(r, e, data, floatSize*(1+r.IntN(2*n)))
		if !bytes.Equal(parts, append(bytes.Clone(got), scales...)) {
			t.Fatal("other values in parts")
		}
		c, err := Clipped{Bits: bits, Scope: PerChannel, Method: OCTAV}.Fit(Tensor{Shape: []int32{int32(blocks), 64}, Values: n})
		if err != nil {
			t.Fatal(err)
		}
		channels := c.Encoder()
		Whole(c, channels, make([]byte, c.Len()), nil, data)
		for i, s := range channels.Numbers().Scale {
			if _, want := kernel.BlockScale(s); binary.LittleEndian.Uint16(scales[halfSize*i:]) != want {
				t.Fatalf("the scale of block %d is %x, want %#x", i, scales[halfSize*i:halfSize*(i+1)], want)
			}
		}
	}
}
