package units_test

import (
	"bytes"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// What the runtime does not take, as it does not take TensorFlow's file: an LSTM whose
// peepholes are too small to be int8 beside weights that are not, and transposed
// convolutions with one scale.
func notRun(net string, o mlir.Options) bool {
	switch net {
	case "LSTM, one step":
		return !o.Float16 && !o.WeightOnly
	case "decoder of transposed convolutions":
		return o.PerTensor
	}
	return false
}

// The runtime takes the files of all networks, and gives numbers that change with the
// weights' format.
func TestFilesRun(t *testing.T) {
	var run reference.Runner
	defer run.Close()
	for _, n := range synthetic.Nets() {
		model := n.Model()
		before, err := run.Run(model.Bytes(), 1)
		if err != nil {
			t.Fatal(n.Name, err)
		}
		for _, o := range []mlir.Options{{}, {Variant: mlir.Converter}, {PerTensor: true}, {WeightOnly: true}, {Float16: true}} {
			file, err := quantize.Bytes(&model.ModelT, o)
			if err != nil {
				t.Fatal(n.Name, err)
			}
			after, err := run.Run(file, 1)
			if (err != nil) != notRun(n.Name, o) {
				t.Errorf("%s, %+v: %v", n.Name, o, err)
			}
			if err != nil {
				continue
			}
			if len(after) != len(before) || bytes.Equal(after[0].Data, before[0].Data) != bytes.Equal(file, model.Bytes()) {
				t.Errorf("%s, %+v: %d outputs, or those of the model", n.Name, o, len(after))
			}
		}
	}
}
