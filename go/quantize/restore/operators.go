package restore

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// An operatorRule is about an operator that computes with integer weights and float32
// activations.
type operatorRule struct {
	operator tflite.BuiltinOperator
	// weights are the inputs that may be integers. Without these, the same inputs are
	// float32.
	weights []int32
	// version is what the operator's code needs for float32: see
	// tflite/tools/versioning/op_version.cc of TensorFlow.
	version func(sg *tflite.SubGraphT, op *tflite.OperatorT) int32
}

var operators = []operatorRule{
	{tflite.BuiltinOperatorCONV_2D, []int32{1}, convolution},
	{tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{1}, depthwise},
	{tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{1}, transposed},
	{tflite.BuiltinOperatorFULLY_CONNECTED, []int32{1}, fullyConnected},
	{tflite.BuiltinOperatorBATCH_MATMUL, []int32{0, 1}, first},
	{tflite.BuiltinOperatorEMBEDDING_LOOKUP, []int32{1}, first},
	{tflite.BuiltinOperatorSVDF, []int32{1, 2}, first},
	{tflite.BuiltinOperatorRNN, []int32{1, 2}, first},
	{tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, []int32{1, 2}, first},
	{tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN, []int32{1, 2, 4, 5, 6, 8, 9, 10, 11}, first},
	{tflite.BuiltinOperatorLSTM, []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16}, lstm},
	{tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16}, first},
	{tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 33, 40, 41, 42, 43, 44, 45, 46, 47}, first},
}

// ruleOf returns the rule of an operator; that of others has no weights and no version.
func ruleOf(code tflite.BuiltinOperator) operatorRule {
	for _, o := range operators {
		if o.operator == code {
			return o
		}
	}
	return operatorRule{}
}

// passed returns the input of which an operator gives values as they are, so that integers
// go through it; -1 for other operators.
func passed(code tflite.BuiltinOperator) int32 {
	switch code {
	case tflite.BuiltinOperatorGATHER,
		tflite.BuiltinOperatorGATHER_ND,
		tflite.BuiltinOperatorSLICE,
		tflite.BuiltinOperatorSTRIDED_SLICE,
		tflite.BuiltinOperatorRESHAPE,
		tflite.BuiltinOperatorSQUEEZE,
		tflite.BuiltinOperatorEXPAND_DIMS,
		tflite.BuiltinOperatorTRANSPOSE,
		tflite.BuiltinOperatorTILE,
		tflite.BuiltinOperatorBROADCAST_TO:
		return 0
	case tflite.BuiltinOperatorEMBEDDING_LOOKUP:
		return 1
	}
	return -1
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
