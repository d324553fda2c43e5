package mlir

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// An OperatorRule is what the MLIR quantizer does to an operator.
type OperatorRule struct {
	Operator tflite.BuiltinOperator
	Weights  []int32 // positions of inputs that are weights
	// Axis is the dimension with a scale for each index, -1 where weights have one
	// scale in any case.
	Axis  int32
	Route Route
	// Asymmetric: its options have asymmetric_quantize_inputs.
	Asymmetric bool
	// Whole: where one of its constant weights is too small, none is quantized. Upstream
	// fails where a UNIDIRECTIONAL_SEQUENCE_RNN is to have int8 and float32 weights.
	Whole bool
	// Version is what its operator code needs for int8 weights that it reads as they
	// are, nil where that is nothing.
	Version func(u *use) int32
}

// A Route says how an operator gets at its quantized weights.
type Route uint8

// The routes.
const (
	// Direct: the operator reads int8, unless options want it not to.
	Direct Route = iota
	// AlwaysDirect: the operator reads int8 whatever options say.
	AlwaysDirect
	// Dequantized: a DEQUANTIZE follows the constant.
	Dequantized
)

// Operators returns the rules of all built-in operators that the MLIR quantizer does
// something to, as observed with TensorFlow 2.21.
func Operators() []OperatorRule {
	rules := slices.Clone(operators)
	for i := range rules {
		rules[i].Weights = slices.Clone(rules[i].Weights)
	}
	return rules
}

var operators = []OperatorRule{
	{Operator: tflite.BuiltinOperatorCONV_2D, Weights: at1, Axis: 0, Version: convolution},
	{Operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, Weights: at1, Axis: 3, Version: perAxis(3, 6, 4)},
	{Operator: tflite.BuiltinOperatorFULLY_CONNECTED, Weights: at1, Axis: 0, Asymmetric: true, Version: fullyConnected},
	{Operator: tflite.BuiltinOperatorBATCH_MATMUL, Weights: at1, Axis: -1, Asymmetric: true, Version: always(4)},
	{Operator: tflite.BuiltinOperatorTRANSPOSE_CONV, Weights: at1, Axis: 0, Route: AlwaysDirect, Version: transposeConvolution},
	{Operator: tflite.BuiltinOperatorEMBEDDING_LOOKUP, Weights: at1, Axis: 0, Route: AlwaysDirect, Version: embedding},
	{Operator: tflite.BuiltinOperatorGATHER, Weights: []int32{0}, Axis: -1, Route: Dequantized},
	{Operator: tflite.BuiltinOperatorSVDF, Weights: at12, Axis: -1, Asymmetric: true, Version: ofInput(1, 4)},
	{Operator: tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, Weights: at12, Axis: -1, Asymmetric: true, Whole: true, Version: ofInput(1, 3)},
	{Operator: tflite.BuiltinOperatorLSTM, Weights: lstm, Axis: -1, Asymmetric: true, Version: ofInput(2, 4)},
	{Operator: tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, Weights: lstm, Axis: -1, Asymmetric: true, Whole: true, Version: ofInput(2, 3)},
	{Operator: tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, Weights: bidirectionalLSTM, Axis: -1, Asymmetric: true, Version: ofInput(1, 3)},
}

var (
	at1  = []int32{1}
	at12 = []int32{1, 2}
	// Input, recurrent and cell-to-gate weights of the four gates, and the projection.
	lstm = []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16}
	// The same for each direction, and the weights of the auxiliary input.
	bidirectionalLSTM = []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 33, 40, 41, 42, 43, 44, 45, 46, 47}
)

var noRule OperatorRule

// rules has the rule of each operator code.
func (o *Options) rules(m *tflite.ModelT) []*OperatorRule {
	rules := make([]*OperatorRule, len(m.OperatorCodes))
	for i, c := range m.OperatorCodes {
		rules[i] = o.rule(c)
	}
	return rules
}

func (o *Options) rule(c *tflite.OperatorCodeT) *OperatorRule {
	code := tflite.BuiltinCode(c)
	if code == tflite.BuiltinOperatorCUSTOM {
		custom, ok := o.CustomOps[c.CustomCode]
		if !ok {
			return &noRule
		}
		route := Dequantized
		if custom.Hybrid {
			route = Direct
		}
		return &OperatorRule{Operator: code, Weights: custom.Inputs, Axis: -1, Route: route}
	}
	for i := range operators {
		if operators[i].Operator == code {
			return &operators[i]
		}
	}
	return &noRule
}
