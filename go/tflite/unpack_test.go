package tflite

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// Any four bytes of a model become others after it was verified. Unpacking gives
// a model or an error then, with no more memory than the model itself takes.
func TestBytesThatChangeAfterVerifying(t *testing.T) {
	m := outsideModel()
	m.Subgraphs = append(m.Subgraphs, &SubGraphT{
		Tensors:   []*TensorT{{Shape: []int32{1, 2}, Name: "t", Quantization: &QuantizationParametersT{Scale: []float32{1}, ZeroPoint: []int64{0}}}},
		Operators: []*OperatorT{{Inputs: []int32{0}, MutatingVariableInputs: []bool{true}}},
	})
	data, err := Write(m)
	if err != nil {
		t.Fatal(err)
	}
	root, v, err := verify(data)
	if err != nil {
		t.Fatal(err)
	}
	copied := v.copied
	if _, err := unpack(data, root, copied); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 8))
	refused := 0
	before := allocatedBytes()
	for at := 0; at+4 <= len(data); at++ {
		for _, x := range []uint32{0, 1 << 8, 1 << 16, 1 << 30, 1<<31 - 1, 1 << 31, ^uint32(0), r.Uint32()} {
			changed := slices.Clone(data)
			binary.LittleEndian.PutUint32(changed[at:], x)
			if _, err := unpack(changed, root, copied); errors.Is(err, ErrFormat) {
				refused++
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
	if refused == 0 {
		t.Error("no change was refused")
	}
	if mean := (allocatedBytes() - before) / uint64(8*len(data)); mean > 1<<16+2*uint64(len(data)) {
		t.Errorf("unpacking took %d bytes on average, of a model of %d", mean, len(data))
	}
}

func allocatedBytes() uint64 {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.TotalAlloc
}
