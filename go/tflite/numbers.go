package tflite

import (
	"encoding/binary"
	"math"
)

// numbers are the vectors of a packed model whose values are written last: scales
// and zero points may be known only after the layout is.
type numbers struct {
	floats []placed[float32]
	ints   []placed[int64]
	// written says that put was called. Before, the bytes of ints are zero.
	written bool
}

// placed is a vector in a packed model.
type placed[T any] struct {
	values []T
	start  int // distance of its first byte from the end of the FlatBuffer, without the data of buffers
}

func (b *builder) float32s(v []float32, align int) int64 {
	if len(v) == 0 {
		return 0
	}
	b.vector(len(v), 4, align)
	b.numbers.floats = append(b.numbers.floats, placed[float32]{v, len(b.buf) - b.head})
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
	b.numbers.ints = append(b.numbers.ints, placed[int64]{v, len(b.buf) - b.head})
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
	for _, v := range n.ints {
		if !n.written && allZero(v.values) {
			continue
		}
		to := meta[len(meta)-v.start:]
		for i, x := range v.values {
			binary.LittleEndian.PutUint64(to[8*i:], uint64(x))
		}
	}
	n.written = true
}

func allZero(v []int64) bool {
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}
