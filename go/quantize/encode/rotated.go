package encode

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	mathbits "math/bits"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Rotated is a format of rows whose values are multiplied by a Hadamard matrix before, as
// litert-quantizer's DECOMPOSED_HADAMARD_ROTATION does: so many at a time as the largest
// power of two that divides the last dimension. Operators that read them need inputs that
// are multiplied by the same matrix.
//
// Products are summed as OpenBLAS does on x86-64 with AVX-512: each is added with one
// rounding, in order, in panels whose sums are added.
type Rotated struct {
	Of   Format // Clipped or Blocks
	Most int32  // values at a time, 0 for any number
}

func (f Rotated) String() string { return f.Of.String() + ", rotated" }

// Type is that of the format.
func (f Rotated) Type() tflite.TensorType { return f.Of.Type() }

// Granularity is that of the format.
func (f Rotated) Granularity() Granularity { return f.Of.Granularity() }

// Parameters are those of the format.
func (f Rotated) Parameters(given *tflite.QuantizationParametersT, n *Numbers, scales int32) *tflite.QuantizationParametersT {
	return f.Of.Parameters(given, n, scales)
}

// MostRotated is the most values at a time: their matrix has 64 MB.
const MostRotated = 4096

// Size returns how many values are rotated at a time: 1 where none can be.
func (f Rotated) Size(shape []int32) int32 {
	if len(shape) < 2 {
		return 1
	}
	n := shape[len(shape)-1]
	n &= -n
	if f.Most > 0 {
		n = min(n, 1<<(mathbits.Len32(uint32(f.Most))-1))
	}
	return n
}

// Fit takes what the format does, with an even last dimension.
func (f Rotated) Fit(t Tensor) (Encoding, error) {
	n := f.Size(t.Shape)
	if n < 2 || n > MostRotated {
		return nil, fmt.Errorf("its shape is %v: rotations are for last dimensions that a power of two up to %d divides, and none above it", t.Shape, MostRotated)
	}
	e, err := f.Of.Fit(t)
	if err != nil {
		return nil, err
	}
	return rotated{e, int(n)}, nil
}

type rotated struct {
	Encoding
	n int
}

func (e rotated) Encoder() Encoder {
	r := &rotatedEncoder{Encoder: e.Encoding.Encoder(), n: e.n}
	switch of := r.Encoder.(type) {
	case *clippedEncoder:
		of.multiple = max(of.multiple, e.n)
	case *searchedBlocks:
		of.unit = e.n
	}
	if floatSize*e.Values() <= mostHeld {
		r.held = make([]byte, floatSize*e.Values())
	}
	return r
}

// mostHeld is how many bytes of rotated values are held: rotating takes much longer than
// all else.
const mostHeld = 64 << 20

type rotatedEncoder struct {
	Encoder
	n    int
	each int    // values in a part
	held []byte // all rotated values, nil where they are too many
}

func (e *rotatedEncoder) Parts(most int) Parts {
	p := e.Encoder.Parts(most)
	e.each = p.Values
	return p
}

func (e *rotatedEncoder) Decide(values iter.Seq[[]byte]) {
	if e.held == nil {
		e.Encoder.Decide(func(yield func([]byte) bool) {
			var room []byte
			for part := range values {
				room = append(room[:0], part...)
				rotate(room, part, e.n)
				if !yield(room) {
					return
				}
			}
		})
		return
	}
	at := 0
	for part := range values {
		rotate(e.held[at:], part, e.n)
		at += len(part)
	}
	e.Encoder.Decide(func(yield func([]byte) bool) { yield(e.held) })
}

func (e *rotatedEncoder) Store(dst, scales, values []byte, part int) {
	if e.held != nil {
		e.Encoder.Store(dst, scales, e.held[floatSize*part*e.each:][:len(values)], part)
		return
	}
	room := make([]byte, len(values))
	rotate(room, values, e.n)
	e.Encoder.Store(dst, scales, room, part)
}

// HadamardMatrix is the matrix of a size as operators of a model have it.
func HadamardMatrix(n int) []float32 { return signed(n, float32(1/math.Sqrt(float64(n)))) }

// signed is a matrix of values that are unit, or its opposite where a Hadamard matrix is
// negative.
func signed(n int, unit float32) []float32 {
	out := make([]float32, n*n)
	for i := range out {
		if out[i] = unit; negative(i/n, i%n) {
			out[i] = -unit
		}
	}
	return out
}

// negative reports whether an element of the matrix is below 0.
func negative(row, column int) bool { return mathbits.OnesCount(uint(row&column))%2 == 1 }

// rotate multiplies rows of n values by the matrix, a strip of columns at a time.
func rotate(dst, src []byte, n int) {
	const lanes = kernel.ProductLanes
	// The table is the part of any larger matrix that its first rows and columns have. In
	// others, signs are those of the table, or all of them are the opposite in a row.
	table := signed(lanes, float32(1)/float32(math.Sqrt(float64(n))))
	turned, panel := make([]float32, n), make([]float32, lanes)
	for at := 0; at+floatSize*n <= len(src); at += floatSize * n {
		row := Floats(src[at : at+floatSize*n])
		for column := 0; column < n; column += lanes {
			for k, v := range row {
				if turned[k] = v; negative(k, column) {
					turned[k] = -v
				}
			}
			sums := make([]float32, lanes)
			for from := 0; from < n; {
				to := from + panelOf(n-from)
				clear(panel)
				for ; from < to; from = nextStrip(from, to) {
					kernel.AddProducts(panel, turned[from:nextStrip(from, to)], table[from%lanes*lanes:])
				}
				for j := range sums {
					sums[j] += panel[j]
				}
			}
			for j, v := range sums[:min(lanes, n-column)] {
				binary.LittleEndian.PutUint32(dst[at+floatSize*(column+j):], math.Float32bits(v))
			}
		}
	}
}

// nextStrip is where the next rows of the table begin, or a panel ends.
func nextStrip(from, to int) int {
	return min(to, (from/kernel.ProductLanes+1)*kernel.ProductLanes)
}

// panelOf is how many of the products that are left are summed at once.
func panelOf(left int) int {
	const most, multiple = 448, 16
	switch {
	case left >= 2*most:
		return most
	case left > most:
		return (left/2 + multiple - 1) / multiple * multiple
	}
	return left
}
