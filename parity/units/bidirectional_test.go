package units_test

import (
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

// bidirectional is an LSTM in both directions with all weights that there can be, which
// upstream wants, and two outputs.
func bidirectional() *synthetic.Model {
	const steps, features, cells = 3, 8, 6
	m := synthetic.New()
	inputs := slices.Repeat([]int32{-1}, 48)
	inputs[0], inputs[39] = m.Input(steps, 1, features), m.Input(steps, 1, features)
	weights := func(shape []int32, positions ...int) {
		for _, p := range positions {
			inputs[p] = m.Random(shape...)
		}
	}
	weights([]int32{cells, features}, 1, 2, 3, 4, 18, 19, 20, 21, 40, 41, 42, 43, 44, 45, 46, 47)
	weights([]int32{cells, cells}, 5, 6, 7, 8, 16, 22, 23, 24, 25, 33)
	weights([]int32{cells}, 9, 10, 11, 12, 13, 14, 15, 17, 26, 27, 28, 29, 30, 31, 32, 34)
	for _, state := range []int{35, 36, 37, 38} {
		inputs[state] = m.Tensor(1, cells)
		m.Last().Tensors[inputs[state]].IsVariable = true
	}
	forward, backward := m.Tensor(steps, 1, cells), m.Tensor(steps, 1, cells)
	m.Op(tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, inputs, forward, backward).BuiltinOptions =
		synthetic.BuiltinOptions(tflite.BuiltinOptionsBidirectionalSequenceLSTMOptions, &tflite.BidirectionalSequenceLSTMOptionsT{FusedActivationFunction: tflite.ActivationFunctionTypeTANH, TimeMajor: true})
	m.Output(forward, backward)
	return m
}

// The import of upstream takes few of these operators, so that random graphs have none.
func TestBidirectionalLSTM(t *testing.T) {
	const matrices = 26
	r, err := units.Quantize(upstream(t), bidirectional().Bytes(), mlir.Options{MinElements: 30})
	if err != nil || !r.Good() || r.Equal != matrices {
		t.Errorf("%v, %v, want %d equal", &r, err, matrices)
	}
}
