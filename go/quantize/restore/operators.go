package restore

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// weights has the inputs of operators that compute with integer weights and float32
// activations. Without integers, the same inputs are float32.
var weights = map[tflite.BuiltinOperator][]int32{
	tflite.BuiltinOperatorCONV_2D:                      {1},
	tflite.BuiltinOperatorDEPTHWISE_CONV_2D:            {1},
	tflite.BuiltinOperatorTRANSPOSE_CONV:               {1},
	tflite.BuiltinOperatorFULLY_CONNECTED:              {1},
	tflite.BuiltinOperatorBATCH_MATMUL:                 {0, 1},
	tflite.BuiltinOperatorEMBEDDING_LOOKUP:             {1},
	tflite.BuiltinOperatorSVDF:                         {1, 2},
	tflite.BuiltinOperatorRNN:                          {1, 2},
	tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN:  {1, 2},
	tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN:   {1, 2, 4, 5, 6, 8, 9, 10, 11},
	tflite.BuiltinOperatorLSTM:                         {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16},
	tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16},
	tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM:  {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 33, 40, 41, 42, 43, 44, 45, 46, 47},
}

// passing has the input of operators that give values of it as they are, so that integers
// go through them.
var passing = map[tflite.BuiltinOperator]int32{
	tflite.BuiltinOperatorGATHER:           0,
	tflite.BuiltinOperatorGATHER_ND:        0,
	tflite.BuiltinOperatorEMBEDDING_LOOKUP: 1,
	tflite.BuiltinOperatorSLICE:            0,
	tflite.BuiltinOperatorSTRIDED_SLICE:    0,
	tflite.BuiltinOperatorRESHAPE:          0,
	tflite.BuiltinOperatorSQUEEZE:          0,
	tflite.BuiltinOperatorEXPAND_DIMS:      0,
	tflite.BuiltinOperatorTRANSPOSE:        0,
	tflite.BuiltinOperatorTILE:             0,
	tflite.BuiltinOperatorBROADCAST_TO:     0,
}

// versions has what an operator's code needs for float32, by the operator: see
// tflite/tools/versioning/op_version.cc of TensorFlow. Codes of others keep theirs.
var versions = map[tflite.BuiltinOperator]func(sg *tflite.SubGraphT, op *tflite.OperatorT) int32{
	tflite.BuiltinOperatorCONV_2D:                      convolution,
	tflite.BuiltinOperatorDEPTHWISE_CONV_2D:            depthwise,
	tflite.BuiltinOperatorTRANSPOSE_CONV:               transposed,
	tflite.BuiltinOperatorFULLY_CONNECTED:              fullyConnected,
	tflite.BuiltinOperatorLSTM:                         lstm,
	tflite.BuiltinOperatorBATCH_MATMUL:                 first,
	tflite.BuiltinOperatorEMBEDDING_LOOKUP:             first,
	tflite.BuiltinOperatorSVDF:                         first,
	tflite.BuiltinOperatorRNN:                          first,
	tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN:  first,
	tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN:   first,
	tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM: first,
	tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM:  first,
}

func first(*tflite.SubGraphT, *tflite.OperatorT) int32 { return 1 }

func convolution(sg *tflite.SubGraphT, op *tflite.OperatorT) int32 {
	const channels, grouped = 3, 6
	if len(op.Inputs) < 2 || op.Inputs[0] < 0 || op.Inputs[1] < 0 {
		return 1
	}
	in, filter := sg.Tensors[op.Inputs[0]].Shape, sg.Tensors[op.Inputs[1]].Shape
	if len(in) > channels && len(filter) > channels && in[channels] != filter[channels] {
		return grouped
	}
	return 1
}

func depthwise(_ *tflite.SubGraphT, op *tflite.OperatorT) int32 {
	const dilated = 2
	if o, ok := options[tflite.DepthwiseConv2DOptionsT](op); ok && (o.DilationWFactor != 1 || o.DilationHFactor != 1) {
		return dilated
	}
	return 1
}

func transposed(_ *tflite.SubGraphT, op *tflite.OperatorT) int32 {
	const activated, biased, bias = 4, 3, 3
	if o, ok := options[tflite.TransposeConvOptionsT](op); ok && o.FusedActivationFunction != tflite.ActivationFunctionTypeNONE {
		return activated
	}
	if len(op.Inputs) > bias && op.Inputs[bias] >= 0 {
		return biased
	}
	return 1
}

func fullyConnected(_ *tflite.SubGraphT, op *tflite.OperatorT) int32 {
	const withoutBias, keepsDimensions = 6, 5
	if len(op.Inputs) == 2 {
		return withoutBias
	}
	if o, ok := options[tflite.FullyConnectedOptionsT](op); ok && o.KeepNumDims {
		return keepsDimensions
	}
	return 1
}

func lstm(_ *tflite.SubGraphT, op *tflite.OperatorT) int32 {
	const basic = 2
	if o, ok := options[tflite.LSTMOptionsT](op); ok && o.KernelType == tflite.LSTMKernelTypeBASIC {
		return basic
	}
	return 1
}

// options returns the options of an operator, where they are of a kind.
func options[T any](op *tflite.OperatorT) (*T, bool) {
	if op.BuiltinOptions == nil {
		return nil, false
	}
	o, ok := op.BuiltinOptions.Value.(*T)
	return o, ok && o != nil
}
