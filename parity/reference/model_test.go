package reference_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// needsPrograms skips a test where nobody built the C++ programs. Bazel always
// does.
func needsPrograms(t *testing.T) {
	t.Helper()
	if os.Getenv("TEST_SRCDIR") == "" && os.Getenv("TFLITE_QUANTIZE_REFERENCE") == "" {
		t.Skip("the C++ programs are built by Bazel: bazel test //parity/reference/...")
	}
}

func newQuantizer(t *testing.T) *reference.Quantizer {
	t.Helper()
	needsPrograms(t)
	q := new(reference.Quantizer)
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

func newRunner(t *testing.T) *reference.Runner {
	t.Helper()
	needsPrograms(t)
	r := new(reference.Runner)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// floats are the bytes of values.
func floats(values ...float32) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, values)
	return b.Bytes()
}

// pack returns the file of a model.
func pack(m *tflite.ModelT) []byte {
	file, err := tflite.Write(m)
	if err != nil {
		panic(err)
	}
	return file
}

// unpack fails the test where a model cannot be read.
func unpack(t *testing.T, model []byte) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(model)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fullyConnected is y = w x with w = ((1 2) (3 4) (5 6)): one operator, whose weights
// are tensor 1 with buffer 1.
func fullyConnected() *tflite.ModelT {
	return &tflite.ModelT{
		Version:       3,
		OperatorCodes: []*tflite.OperatorCodeT{{DeprecatedBuiltinCode: 9, BuiltinCode: tflite.BuiltinOperatorFULLY_CONNECTED, Version: 1}},
		Buffers:       []*tflite.BufferT{{}, {Data: floats(1, 2, 3, 4, 5, 6)}},
		Subgraphs: []*tflite.SubGraphT{{
			Tensors: []*tflite.TensorT{
				{Name: "x", Shape: []int32{1, 2}},
				{Name: "w", Shape: []int32{3, 2}, Buffer: 1},
				{Name: "y", Shape: []int32{1, 3}},
			},
			Operators: []*tflite.OperatorT{{
				Inputs:         []int32{0, 1, -1},
				Outputs:        []int32{2},
				BuiltinOptions: &tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsFullyConnectedOptions, Value: &tflite.FullyConnectedOptionsT{}},
			}},
			Inputs:  []int32{0},
			Outputs: []int32{2},
		}},
	}
}

// identity has one tensor, which is input and output, and no operator.
func identity(element tflite.TensorType, shape ...int32) []byte {
	return pack(&tflite.ModelT{
		Version: 3,
		Buffers: []*tflite.BufferT{{}},
		Subgraphs: []*tflite.SubGraphT{{
			Tensors: []*tflite.TensorT{{Name: "x", Shape: shape, Type: element}},
			Inputs:  []int32{0},
			Outputs: []int32{0},
		}},
	})
}
