package tflite

import (
	"encoding/binary"
	"math"
)

// numbers are the vectors of a packed model whose values are written at the end:
// scales and zero points may be known only after the layout is.
type numbers struct {
	floats []floatVector
	ints   []intVector
}

// A floatVector is a vector of float32 in a packed model.
type floatVector struct {
	values []float32
	start  int // distance of its first byte from the end of the FlatBuffer, without the data of buffers
}

// An intVector is a vector of int64 in a packed model.
type intVector struct {
	values []int64
	start  int  // as in floatVector
	zero   bool // its bytes are known to be zero
}

func (b *builder) float32s(v []float32, align int) int64 {
	if len(v) == 0 {
		return 0
	}
	b.vector(len(v), 4, align)
	b.numbers.floats = append(b.numbers.floats, floatVector{v, len(b.buf) - b.head})
	return b.endVector(len(v))
}

// int64s makes sure that the vector's bytes are zero, which costs nothing in new
// memory: most zero points are 0 and then need no writing.
func (b *builder) int64s(v []int64, align int) int64 {
	if len(v) == 0 {
		return 0
	}
	used := b.used
	to := b.vector(len(v), 8, align)
	clear(to[min(len(to), max(0, used-b.head)):])
	b.numbers.ints = append(b.numbers.ints, intVector{v, len(b.buf) - b.head, true})
	return b.endVector(len(v))
}

// put writes the present values to a FlatBuffer without the data of buffers.
func (n *numbers) put(meta []byte) {
	for _, f := range n.floats {
		to := meta[len(meta)-f.start:]
		for i, x := range f.values {
			binary.LittleEndian.PutUint32(to[4*i:], math.Float32bits(x))
		}
	}
	for i := range n.ints {
		n.ints[i].put(meta)
	}
}

func (v *intVector) put(meta []byte) {
	zero := allZero(v.values)
	if zero && v.zero {
		return
	}
	to := meta[len(meta)-v.start:]
	for i, x := range v.values {
		binary.LittleEndian.PutUint64(to[8*i:], uint64(x))
	}
	v.zero = zero
}

func allZero(v []int64) bool {
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}
