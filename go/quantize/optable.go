package quantize

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// A Hybrid says when an operator computes with int8 weights and float inputs.
type Hybrid uint8

// The answers.
const (
	NeverHybrid   Hybrid = iota
	AlwaysHybrid         // in both schemes
	UpdatedHybrid        // in the updated scheme only
	FullHybrid           // LSTM: where its kernel type is FULL
)

// An OpRule is what upstream knows of an operator.
type OpRule struct {
	Operator tflite.BuiltinOperator
	Weights  []int32 // positions of inputs that are weights
	Hybrid   Hybrid
	// ChannelDim is the dimension of the weights that has a scale for each
	// index in the updated scheme; -1: they are quantized as a whole.
	ChannelDim int32
	// Asymmetric: its options have asymmetric_quantize_inputs.
	Asymmetric bool
	// PassThrough: where it alone reads a quantized tensor, its output is int8 too.
	PassThrough bool
	// Version is what its operator code gets in the updated scheme,
	// LegacyVersion in the legacy one; 0: it keeps its own.
	Version, LegacyVersion int32
}

// OpTable has every built-in operator that Quantize Weights does something to.
// It states what TensorFlow 2.21 was observed to do.
var OpTable = []OpRule{
	{Operator: tflite.BuiltinOperatorCONV_2D, Weights: at1, Hybrid: AlwaysHybrid, ChannelDim: 0, Version: 5, LegacyVersion: 2},
	{Operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, Weights: at1, Hybrid: UpdatedHybrid, ChannelDim: 3, Version: 6, LegacyVersion: 6},
	{Operator: tflite.BuiltinOperatorFULLY_CONNECTED, Weights: at1, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 9, LegacyVersion: 3},
	{Operator: tflite.BuiltinOperatorBATCH_MATMUL, Weights: at1, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 4, LegacyVersion: 1},
	{Operator: tflite.BuiltinOperatorTRANSPOSE_CONV, Weights: at1, ChannelDim: -1},
	{Operator: tflite.BuiltinOperatorEMBEDDING_LOOKUP, Weights: at1, ChannelDim: -1, PassThrough: true, Version: 3, LegacyVersion: 3},
	{Operator: tflite.BuiltinOperatorGATHER, Weights: []int32{0}, ChannelDim: -1, PassThrough: true},
	{Operator: tflite.BuiltinOperatorSVDF, Weights: at12, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 4, LegacyVersion: 2},
	{Operator: tflite.BuiltinOperatorRNN, Weights: at12, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 3, LegacyVersion: 2},
	{Operator: tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, Weights: at12, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 3, LegacyVersion: 2},
	{Operator: tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN, Weights: []int32{1, 2, 4, 5, 6, 8, 9, 10, 11}, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 3, LegacyVersion: 2},
	{Operator: tflite.BuiltinOperatorLSTM, Weights: lstm, Hybrid: FullHybrid, ChannelDim: -1, Asymmetric: true, Version: 4, LegacyVersion: 3},
	{Operator: tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, Weights: lstm, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 3, LegacyVersion: 2},
	{Operator: tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, Weights: bidirectionalLSTM, Hybrid: AlwaysHybrid, ChannelDim: -1, Asymmetric: true, Version: 3, LegacyVersion: 3},
}

var (
	at1  = []int32{1}
	at12 = []int32{1, 2}
	// Input, recurrent and cell-to-gate weights of the four gates, and the projection.
	lstm = []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16}
	// The same for each direction, and the weights of the auxiliary input.
	bidirectionalLSTM = []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16,
		18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 33, 40, 41, 42, 43, 44, 45, 46, 47}
)

var noRule = OpRule{ChannelDim: -1}

// ruleOf returns the rule of a built-in operator, an empty one where the table has none.
func ruleOf(op tflite.BuiltinOperator) OpRule {
	for i := range OpTable {
		if OpTable[i].Operator == op {
			return OpTable[i]
		}
	}
	r := noRule
	r.Operator = op
	return r
}

// BuiltinCode is the operator that an operator code stands for: the larger of
// its two fields, since files write one or both.
func BuiltinCode(c *tflite.OperatorCodeT) tflite.BuiltinOperator {
	return max(tflite.BuiltinOperator(c.DeprecatedBuiltinCode), c.BuiltinCode)
}

// rules returns the rule of every operator code of a model under the options.
func (o *Options) rules(m *tflite.ModelT) []OpRule {
	rules := make([]OpRule, len(m.OperatorCodes))
	for i, c := range m.OperatorCodes {
		rules[i] = ruleOf(BuiltinCode(c))
		if rules[i].Operator != tflite.BuiltinOperatorCUSTOM {
			continue
		}
		if custom, ok := o.CustomOps[c.CustomCode]; ok {
			rules[i].Weights = custom.Inputs
			if custom.Hybrid {
				rules[i].Hybrid = AlwaysHybrid
			}
		}
	}
	return rules
}

// hybrid reports whether the operator computes with int8 weights under the options.
func (o *Options) hybrid(r *OpRule, op *tflite.OperatorT) bool {
	if o.NoHybrid || o.denied(r.Operator) {
		return false
	}
	switch r.Hybrid {
	case AlwaysHybrid:
		return true
	case UpdatedHybrid:
		return o.Scheme == Updated
	case FullHybrid:
		return lstmKernel(op) == tflite.LSTMKernelTypeFULL
	}
	return false
}

// lstmKernel is FULL, the schema's default, where an operator has no LSTM options.
func lstmKernel(op *tflite.OperatorT) tflite.LSTMKernelType {
	if u := op.BuiltinOptions; u != nil {
		if l, ok := u.Value.(*tflite.LSTMOptionsT); ok {
			return l.KernelType
		}
	}
	return tflite.LSTMKernelTypeFULL
}

// version is what the operator code gets, 0 where it keeps its own.
func (r *OpRule) version(s Scheme) int32 {
	if s == Legacy {
		return r.LegacyVersion
	}
	return r.Version
}
