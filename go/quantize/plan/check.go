package plan

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// checkParts checks that a model made by hand has what reading a file always gives:
// no list has an entry that is nil.
func checkParts(m *tflite.ModelT) error {
	if m == nil {
		return ModelError("model", "there is none")
	}
	if at := slices.Index(m.OperatorCodes, nil); at >= 0 {
		return ModelError(fmt.Sprintf("operator code %d", at), "there is none")
	}
	if at := slices.Index(m.Buffers, nil); at >= 0 {
		return ModelError(fmt.Sprintf("buffer %d", at), "there is none")
	}
	if at := slices.Index(m.Metadata, nil); at >= 0 {
		return ModelError(fmt.Sprintf("metadata %d", at), "there is none")
	}
	for i, sg := range m.Subgraphs {
		if sg == nil {
			return ModelError(fmt.Sprintf("subgraph %d", i), "there is none")
		}
		if at := slices.Index(sg.Tensors, nil); at >= 0 {
			return ModelError(fmt.Sprintf("subgraph %d, tensor %d", i, at), "there is none")
		}
		if at := slices.Index(sg.Operators, nil); at >= 0 {
			return ModelError(fmt.Sprintf("subgraph %d, operator %d", i, at), "there is none")
		}
	}
	return nil
}

// checkIndices checks every index that planning and applying follow.
func checkIndices(m *tflite.ModelT) error {
	for i, sg := range m.Subgraphs {
		place := fmt.Sprintf("subgraph %d", i)
		for j, t := range sg.Tensors {
			if int64(t.Buffer) >= int64(len(m.Buffers)) {
				return ModelError(PlaceTensor(m, i, int32(j)), "its buffer is %d, the model has %d", t.Buffer, len(m.Buffers))
			}
		}
		if err := checkTensors(place+", inputs", sg.Inputs, len(sg.Tensors)); err != nil {
			return err
		}
		if err := checkTensors(place+", outputs", sg.Outputs, len(sg.Tensors)); err != nil {
			return err
		}
		for j, op := range sg.Operators {
			if int64(op.OpcodeIndex) >= int64(len(m.OperatorCodes)) {
				return ModelError(PlaceOperator(m, i, int32(j)), "its operator code is %d, the model has %d", op.OpcodeIndex, len(m.OperatorCodes))
			}
			place := func() string { return PlaceOperator(m, i, int32(j)) }
			if at := outOfRange(op.Inputs, len(sg.Tensors)); at >= 0 {
				return checkTensors(place()+", inputs", op.Inputs, len(sg.Tensors))
			}
			if at := outOfRange(op.Outputs, len(sg.Tensors)); at >= 0 {
				return checkTensors(place()+", outputs", op.Outputs, len(sg.Tensors))
			}
		}
	}
	return nil
}

// outOfRange returns the position of the first index that is neither a tensor
// nor -1 (an absent one), or -1.
func outOfRange(tensors []int32, n int) int {
	for i, t := range tensors {
		if t < -1 || int(t) >= n {
			return i
		}
	}
	return -1
}

func checkTensors(place string, tensors []int32, n int) error {
	if at := outOfRange(tensors, n); at >= 0 {
		return ModelError(place, "entry %d is tensor %d, the subgraph has %d", at, tensors[at], n)
	}
	return nil
}

// Elements returns the number of values of a shape, 1 for an empty one. ok is
// false where a dimension is not positive or the product exceeds 64 bits.
func Elements(shape []int32) (n uint64, ok bool) {
	n = 1
	for _, d := range shape {
		if d <= 0 || n > ^uint64(0)/uint64(d) {
			return 0, false
		}
		n *= uint64(d)
	}
	return n, true
}
