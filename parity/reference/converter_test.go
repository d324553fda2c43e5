package reference_test

import (
	"errors"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// One process converts model after model, whatever it thinks of some.
func TestConverter(t *testing.T) {
	needsPrograms(t)
	c := new(reference.Converter)
	dir := t.TempDir()
	if err := savedModel().Save(dir); err != nil {
		t.Fatal(err)
	}
	var status *reference.StatusError
	if _, err := c.Convert(t.TempDir(), reference.FloatWeights, "serve"); !errors.As(err, &status) {
		t.Errorf("an empty folder: %v, want a StatusError", err)
	}
	var refused *reference.RequestError
	if _, err := c.Convert(dir, "int4", "serve"); !errors.As(err, &refused) {
		t.Errorf("unknown weights: %v, want a RequestError", err)
	}
	for _, want := range []struct {
		weights reference.Weights
		typ     tflite.TensorType
		scales  int
	}{
		{reference.FloatWeights, tflite.TensorTypeFLOAT32, 0},
		{reference.Int8Weights, tflite.TensorTypeINT8, 32},
		{reference.Int8PerTensorWeights, tflite.TensorTypeINT8, 1},
		{reference.Float16Weights, tflite.TensorTypeFLOAT16, 0},
	} {
		file, err := c.Convert(dir, want.weights, "serve")
		if err != nil {
			t.Fatal(want.weights, err)
		}
		typ, scales := weightsOf(unpack(t, file))
		if typ != want.typ || scales != want.scales {
			t.Errorf("%s: %v with %d scales, want %v with %d", want.weights, typ, scales, want.typ, want.scales)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// weightsOf returns the type of the only large constant, and how many scales it has.
func weightsOf(m *tflite.ModelT) (typ tflite.TensorType, scales int) {
	for _, tensor := range m.Subgraphs[0].Tensors {
		if len(m.Buffers[tensor.Buffer].Data) < 1024 {
			continue
		}
		typ = tensor.Type
		if tensor.Quantization != nil {
			scales = len(tensor.Quantization.Scale)
		}
	}
	return typ, scales
}
