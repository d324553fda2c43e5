package accuracy

import (
	"fmt"

	"github.com/nlpodyssey/gopickle/pytorch"
	"github.com/nlpodyssey/gopickle/types"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// torchWeights are the float32 tensors of a file of PyTorch, by name.
type torchWeights map[string]array

// An array has values in row-major order.
type array struct {
	shape  []int32
	values []float32
}

// readTorch reads a dictionary of tensors, as torch.save writes it. Tensors of integers,
// such as counts of batches, are left out.
func readTorch(path string) (torchWeights, error) {
	loaded, err := pytorch.Load(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	dict, ok := loaded.(*types.OrderedDict)
	if !ok {
		return nil, fmt.Errorf("%s: %T, want a dictionary of tensors", path, loaded)
	}
	weights := torchWeights{}
	for key, entry := range dict.Map {
		t, ok := entry.Value.(*pytorch.Tensor)
		if !ok {
			return nil, fmt.Errorf("%s: %v: %T, want a tensor", path, key, entry.Value)
		}
		if storage, ok := t.Source.(*pytorch.FloatStorage); ok {
			if weights[key.(string)], err = strided(t, storage.Data); err != nil {
				return nil, fmt.Errorf("%s: %v: %w", path, key, err)
			}
		}
	}
	return weights, nil
}

// strided copies a tensor, whose strides are in values, into row-major order.
func strided(t *pytorch.Tensor, values []float32) (array, error) {
	last := t.StorageOffset
	shape := make([]int32, len(t.Size))
	for i, n := range t.Size {
		shape[i] = int32(n)
		last += (n - 1) * t.Stride[i]
	}
	if last >= len(values) {
		return array{}, fmt.Errorf("%d values, want %d", len(values), last+1)
	}
	return walk(values[t.StorageOffset:], shape, t.Stride), nil
}

// transposed returns the array with its dimensions in another order.
func (a array) transposed(order ...int) array {
	shape, strides := make([]int32, len(order)), make([]int, len(order))
	for i, d := range order {
		shape[i], strides[i] = a.shape[d], 1
		for _, inner := range a.shape[d+1:] {
			strides[i] *= int(inner)
		}
	}
	return walk(a.values, shape, strides)
}

// walk gathers the values at the given strides.
func walk(values []float32, shape []int32, strides []int) array {
	a := array{shape, make([]float32, synthetic.Elements(shape))}
	index, from := make([]int32, len(shape)), 0
	for to := range a.values {
		a.values[to] = values[from]
		for d := len(shape) - 1; d >= 0; d-- {
			index[d]++
			from += strides[d]
			if index[d] < shape[d] {
				break
			}
			from -= strides[d] * int(shape[d])
			index[d] = 0
		}
	}
	return a
}
