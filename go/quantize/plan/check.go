package plan

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// checkParts checks that a model built by hand has the parts of every model that is
// read.
func checkParts(m *tflite.ModelT) error {
	return FromTFLite(tflite.Check(m))
}

// FromTFLite makes an error of package tflite about a part of a model one that
// matches ErrModel, and returns others as they are.
func FromTFLite(err error) error {
	var part *tflite.ModelError
	if errors.As(err, &part) {
		return ModelError(cmp.Or(part.Path, "model"), "%s", part.Reason)
	}
	return err
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
