package accuracy

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// items are labelled inputs, which are made when they are needed.
type items struct {
	labels []int
	input  func(i int) reference.Tensor
}

func (s items) len() int { return len(s.labels) }

// pick returns those of the items that are kept.
func (s items) pick(keep func(i int) bool) items {
	var kept []int
	for i := range s.labels {
		if keep(i) {
			kept = append(kept, i)
		}
	}
	labels := make([]int, len(kept))
	for i, k := range kept {
		labels[i] = s.labels[k]
	}
	return items{labels, func(i int) reference.Tensor { return s.input(kept[i]) }}
}

// first returns the first items.
func (s items) first(n int) items { return s.pick(func(i int) bool { return i < n }) }

// floats is an input of float32.
func floats(shape []int32, values []float32) reference.Tensor {
	data := make([]byte, 4*len(values))
	for i, v := range values {
		binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(v))
	}
	return reference.Tensor{Type: reference.Float32, Shape: slices.Clone(shape), Data: data}
}

// bytesAsInts is an input of int32 with the given bytes, and zeros after them.
func bytesAsInts(b []byte, n int) reference.Tensor {
	data := make([]byte, 4*n)
	for i, v := range b[:min(n, len(b))] {
		data[4*i] = v
	}
	return reference.Tensor{Type: reference.Int32, Shape: []int32{1, int32(n)}, Data: data}
}
