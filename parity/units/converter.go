package units

import (
	"fmt"
	"reflect"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Weights says which of the converter's weights are those of o, of the variant Converter.
// It has an error for an option that the converter lacks.
func Weights(o mlir.Options) (reference.Weights, error) {
	for _, w := range []struct {
		o       mlir.Options
		weights reference.Weights
	}{
		{mlir.Options{}, reference.Int8Weights},
		{mlir.Options{PerTensor: true}, reference.Int8PerTensorWeights},
		{mlir.Options{Float16: true}, reference.Float16Weights},
	} {
		w.o.Variant = mlir.Converter
		if o.MinElements == mlir.DefaultMinElements || o.Float16 { // which has no minimum
			o.MinElements = 0
		}
		if reflect.DeepEqual(o, w.o) {
			return w.weights, nil
		}
	}
	return "", fmt.Errorf("TensorFlow's converter has none of these options but scales per tensor: %+v", o)
}

// Convert has the converter make a float and a quantized file of signatures of a
// SavedModel, quantizes the float file as o says, and compares the units of both. Errors
// are those of Weights and Quantize.
func Convert(c *reference.Converter, dir string, signatures []string, o mlir.Options) (Result, error) {
	w, err := Weights(o)
	if err != nil {
		return Result{}, err
	}
	float, err := answer(c.Convert(dir, reference.FloatWeights, signatures...))
	if err != nil {
		return Result{}, err
	}
	f, err := quantized(float, o, func() ([]byte, error) { return c.Convert(dir, w, signatures...) })
	if err != nil {
		return Result{}, err
	}
	return f.compare(), nil
}
