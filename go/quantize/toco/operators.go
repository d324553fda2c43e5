package toco

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Hybrid says when an operator computes with int8 weights and float inputs.
type Hybrid uint8

// The answers.
const (
	NeverHybrid   Hybrid = iota
	AlwaysHybrid         // in both schemes
	UpdatedHybrid        // in the updated scheme only
	FullHybrid           // LSTM: where its kernel type is FULL
)

// An OperatorRule says what Quantize Weights does to an operator.
type OperatorRule struct {
	Operator tflite.BuiltinOperator
	Weights  []int32 // positions of inputs that are weights
	Hybrid   Hybrid
	// Format is that of the weights in the updated scheme, nil for the format of
	// the legacy scheme, which is int8 per tensor for all.
	Format encode.Format
	// Asymmetric: its options have asymmetric_quantize_inputs.
	Asymmetric bool
	// PassThrough: where it alone reads a quantized tensor, its output is int8 too.
	PassThrough bool
	// Versions are the versions that its operator code gets, by scheme; 0: it keeps
	// its own.
	Versions [schemes]int32
}

// Operators returns the rules of all built-in operators that Quantize Weights does
// something to, as observed with TensorFlow 2.21.
func Operators() []OperatorRule {
	rules := slices.Clone(operators)
	for i := range rules {
		rules[i].Weights = slices.Clone(rules[i].Weights)
	}
	return rules
}

var operators = []OperatorRule{
	{Operator: tflite.BuiltinOperatorCONV_2D, Weights: at1, Hybrid: AlwaysHybrid, Format: encode.Int8PerChannel{Axis: 0}, Versions: versions(5, 2)},
	{Operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, Weights: at1, Hybrid: UpdatedHybrid, Format: encode.Int8PerChannel{Axis: 3}, Versions: versions(6, 6)},
	{Operator: tflite.BuiltinOperatorFULLY_CONNECTED, Weights: at1, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(9, 3)},
	{Operator: tflite.BuiltinOperatorBATCH_MATMUL, Weights: at1, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(4, 1)},
	{Operator: tflite.BuiltinOperatorTRANSPOSE_CONV, Weights: at1},
	{Operator: tflite.BuiltinOperatorEMBEDDING_LOOKUP, Weights: at1, PassThrough: true, Versions: versions(3, 3)},
	{Operator: tflite.BuiltinOperatorGATHER, Weights: []int32{0}, PassThrough: true},
	{Operator: tflite.BuiltinOperatorSVDF, Weights: at12, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(4, 2)},
	{Operator: tflite.BuiltinOperatorRNN, Weights: at12, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(3, 2)},
	{Operator: tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, Weights: at12, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(3, 2)},
	{Operator: tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN, Weights: []int32{1, 2, 4, 5, 6, 8, 9, 10, 11}, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(3, 2)},
	{Operator: tflite.BuiltinOperatorLSTM, Weights: lstm, Hybrid: FullHybrid, Asymmetric: true, Versions: versions(4, 3)},
	{Operator: tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, Weights: lstm, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(3, 2)},
	{Operator: tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, Weights: bidirectionalLSTM, Hybrid: AlwaysHybrid, Asymmetric: true, Versions: versions(3, 3)},
}

func versions(updated, legacy int32) [schemes]int32 {
	return [schemes]int32{Updated: updated, Legacy: legacy}
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

// ruleOf returns the rule of a built-in operator, an empty one where there is none.
func ruleOf(op tflite.BuiltinOperator) OperatorRule {
	for i := range operators {
		if operators[i].Operator == op {
			return operators[i]
		}
	}
	return OperatorRule{Operator: op}
}

// rules returns the rule of every operator code of a model under the options.
func (o *Options) rules(m *tflite.ModelT) []OperatorRule {
	rules := make([]OperatorRule, len(m.OperatorCodes))
	for i, c := range m.OperatorCodes {
		rules[i] = ruleOf(tflite.BuiltinCode(c))
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

// int8Format is the format of int8 weights of an operator and a shape.
func (o *Options) int8Format(r *OperatorRule, shape []int32) encode.Format {
	f := r.Format
	if o.Scheme == Legacy || f == nil {
		f = encode.Int8PerTensor{}
	}
	return plan.Rounded(f, o.Rounding, r.Operator, shape)
}

// hybrid reports whether the operator computes with int8 weights under the options.
func (o *Options) hybrid(r *OperatorRule, op *tflite.OperatorT) bool {
	return !o.NoHybrid && !o.denied(r.Operator) && r.Computes(o.Scheme, op)
}

// Computes reports whether an operator of the rule computes with int8 weights in a scheme.
func (r *OperatorRule) Computes(scheme Scheme, op *tflite.OperatorT) bool {
	switch r.Hybrid {
	case AlwaysHybrid:
		return true
	case UpdatedHybrid:
		return scheme == Updated
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
