// Package mlir is the quantizer that TensorFlow uses today: MLIR's dynamic-range
// quantizer, which the C++ function QuantizeWeights offers as MLIR_QUANTIZER, and which
// TFLiteConverter runs.
//
// Every operator that reads a constant decides about it for itself: where operators
// want different formats, each gets a tensor of its own, made of the same values.
// Upstream rewrites the graph as well: folds, merges and renames. This package leaves
// the graph alone and changes weights only, as upstream does each of them.
package mlir

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Variant is one of two programs with the same rules and other numbers.
type Variant uint8

// The variants.
const (
	// API is the C++ function QuantizeWeights with MLIR_QUANTIZER, which computes in
	// float32.
	API Variant = iota
	// Converter is TFLiteConverter, which computes in float64.
	Converter
)

func (v Variant) String() string {
	switch v {
	case API:
		return "mlir"
	case Converter:
		return "converter"
	}
	return fmt.Sprintf("Variant(%d)", uint8(v))
}

// DefaultMinElements is the number of elements from which on upstream quantizes
// weights unless told otherwise.
const DefaultMinElements = 1024

// A CustomOp says which inputs of a custom operator are weights.
type CustomOp struct {
	Inputs []int32 // positions of its weights
	Hybrid bool    // whether its kernel takes them as int8
}

// Options are those of the MLIR quantizer; the zero value is the defaults of the C++
// function.
type Options struct {
	Variant Variant
	// Float16 makes every float32 constant that an operator reads float16.
	Float16 bool

	// The fields from here to CustomOps are for int8.

	// MinElements: smaller weights stay as they are. 0 stands for
	// DefaultMinElements; 1 quantizes all.
	MinElements uint64
	// PerTensor gives all weights one scale.
	PerTensor bool
	// Rounding of weights whose products are summed. Upstream's is Nearest.
	Rounding encode.Rounding
	// WeightOnly puts a DEQUANTIZE in front of operators that could compute with int8
	// weights, but TRANSPOSE_CONV and EMBEDDING_LOOKUP.
	WeightOnly bool
	// OpDenylist has operators to which WeightOnly applies.
	OpDenylist []tflite.BuiltinOperator
	// CustomOps has custom operators by their custom code.
	CustomOps map[string]CustomOp

	// Rules say which constants stay as they are or get another type: the formats are
	// "keep", "int8" and "float16". A rule's int8 is for what operators read as weights,
	// of any size; all else that it matches is as without the rule.
	Rules []rule.Rule

	// SetMinRuntimeVersion makes the model's metadata state the TensorFlow release that
	// its operators need.
	SetMinRuntimeVersion bool

	// Repairs are made where the values of a constant would be broken, or fields be lost.
	Repairs repair.Set
}

// The formats of rules.
const (
	int8Name    = "int8"
	float16Name = "float16"
)

func (o *Options) least() uint64 {
	if o.MinElements == 0 {
		return DefaultMinElements
	}
	return o.MinElements
}

// format returns how weights of a shape are stored that an operator reads.
func (o *Options) format(r *OperatorRule, shape []int32) encode.Format {
	return plan.Rounded(o.nearest(r), o.Rounding, r.Operator, shape)
}

// nearest is format with upstream's rounding.
func (o *Options) nearest(r *OperatorRule) encode.Format {
	perTensor := o.PerTensor || r.Axis < 0
	switch {
	case o.Variant == Converter && perTensor:
		return encode.Int8Divided{Scope: encode.PerTensor}
	case o.Variant == Converter:
		return encode.Int8Divided{Scope: encode.PerChannel, Axis: r.Axis}
	case perTensor:
		return encode.Int8Widened{}
	}
	return encode.Int8Reciprocal{Axis: r.Axis}
}

// direct reports whether an operator reads int8 weights as they are.
func (o *Options) direct(r *OperatorRule) bool {
	switch r.Route {
	case AlwaysDirect:
		return true
	case Direct:
		return !o.WeightOnly && (r.Operator == tflite.BuiltinOperatorCUSTOM || !slices.Contains(o.OpDenylist, r.Operator))
	}
	return false
}

// LeastBytes is the least that a model of so many bytes becomes, but for what is
// not part of it.
func (o Options) LeastBytes(model int64) int64 {
	if o.Float16 {
		return model / 2
	}
	return model / 4
}

func (o *Options) check() error {
	if o.Variant > Converter {
		return plan.OptionError("Variant", "invalid variant %v: want API or Converter", o.Variant)
	}
	if !o.Rounding.Known() {
		return plan.OptionError("Rounding", "invalid rounding %v: want Nearest or PreservedSums", o.Rounding)
	}
	for name, c := range o.CustomOps {
		for _, i := range c.Inputs {
			if i < 0 {
				return plan.OptionError("CustomOps", "%q: invalid input %d: positions start with 0", name, i)
			}
		}
	}
	return plan.CheckRules(o.Rules, int8Name, float16Name)
}
