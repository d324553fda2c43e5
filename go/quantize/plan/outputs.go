package plan

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// outputs has the dimension of an operator's weights whose indices are its outputs. Each
// output is a sum of products with the weights of one index. Tables of lookups are not
// summed; in BATCH_MATMUL the dimension depends on the operator's options.
var outputs = map[tflite.BuiltinOperator]int32{
	tflite.BuiltinOperatorCONV_2D:                      0,
	tflite.BuiltinOperatorDEPTHWISE_CONV_2D:            3,
	tflite.BuiltinOperatorTRANSPOSE_CONV:               0,
	tflite.BuiltinOperatorFULLY_CONNECTED:              0,
	tflite.BuiltinOperatorSVDF:                         0,
	tflite.BuiltinOperatorRNN:                          0,
	tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN:  0,
	tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN:   0,
	tflite.BuiltinOperatorLSTM:                         0,
	tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM: 0,
	tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM:  0,
}

// Rounded returns the format for an operator's weights of a shape that are rounded so.
func Rounded(f encode.Format, r encode.Rounding, op tflite.BuiltinOperator, shape []int32) encode.Format {
	axis, ok := outputs[op]
	if r != encode.PreservedSums || !ok {
		return f
	}
	if sums := (encode.SumPreserving{Format: f, Outputs: axis}); sums.Preserves(shape) {
		return sums
	}
	return f
}
