// Package toco is the quantizer that follows TensorFlow Lite's Quantize Weights tool,
// which TensorFlow keeps under the name toco_legacy: its table of operators, its rules,
// its options. Its plans give the bytes of that tool, in an order of handling that is
// always the same.
package toco

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// DefaultMinElements is the number of elements from which weights are quantized to int8.
const DefaultMinElements = 1024

// A BufferType is the type that weights get.
type BufferType uint8

// The types, named as upstream names them.
const (
	Int8    BufferType = iota // a quarter of the size; some operators compute with it
	Float16                   // half the size; every constant, turned back into float32 when the model runs
)

func (t BufferType) String() string {
	switch t {
	case Int8:
		return "int8"
	case Float16:
		return "float16"
	}
	return fmt.Sprintf("BufferType(%d)", uint8(t))
}

// A Scheme is the way in which hybrid operators quantize.
type Scheme uint8

// The schemes.
const (
	// Updated is upstream's use_updated_hybrid_scheme: convolution weights per
	// channel, inputs of other hybrid operators asymmetrically.
	Updated Scheme = iota
	// Legacy quantizes every tensor as a whole and inputs symmetrically.
	Legacy

	schemes = iota // their number
)

func (s Scheme) String() string {
	switch s {
	case Updated:
		return "updated"
	case Legacy:
		return "legacy"
	}
	return fmt.Sprintf("Scheme(%d)", uint8(s))
}

// A CustomOp says which inputs of a custom operator are weights.
type CustomOp struct {
	Inputs []int32 // positions of its weights
	Hybrid bool    // whether its kernel takes them as int8
}

// Options are the options of upstream's QuantizeWeights, and rules and repairs; the
// zero value has upstream's defaults.
type Options struct {
	BufferType BufferType

	// The fields from here to CustomOps are for Int8.

	// MinElements: smaller weights stay as they are. 0 stands for
	// DefaultMinElements; 1 quantizes all.
	MinElements uint64
	Scheme      Scheme
	// Rounding of weights whose products are summed. Upstream's is Nearest.
	Rounding encode.Rounding
	// NoHybrid puts a DEQUANTIZE in front of every operator, also of those that
	// could compute with int8 weights.
	NoHybrid bool
	// OpDenylist has operators that must not get int8 weights: their weights are
	// quantized, and dequantized in front of them.
	OpDenylist []tflite.BuiltinOperator
	// CustomOps has custom operators by their custom code.
	CustomOps map[string]CustomOp

	// Rules say which constants stay as they are or get another type than BufferType:
	// the formats are "keep", "int8" and "float16". A rule's int8 is for weights of
	// operators, of any size; other constants that it matches are as without the rule.
	Rules []rule.Rule

	// Repairs are made where upstream's file would be broken. Without any, the bytes
	// are upstream's in any case.
	Repairs repair.Set

	// SetMinRuntimeVersion makes the model's metadata state the TensorFlow release that
	// its operators need. Upstream leaves there what it needed before.
	SetMinRuntimeVersion bool

	// Order gives, by subgraph, tensors in the order in which they are handled,
	// which is the order of the DEQUANTIZE operators' outputs in the file.
	// Quantized tensors that are not listed come after the listed ones, by ascending
	// index, as all do when it is nil. OrderOf reads it off a file.
	Order [][]int32
}

// least is the MinElements that holds.
func (o *Options) least() uint64 {
	if o.MinElements == 0 {
		return DefaultMinElements
	}
	return o.MinElements
}

func (o *Options) denied(op tflite.BuiltinOperator) bool {
	for _, d := range o.OpDenylist {
		if d == op {
			return true
		}
	}
	return false
}

// LeastBytes is the least size in bytes of the new file of a model of so many bytes;
// bytes that do not belong to the model may make it less.
func (o Options) LeastBytes(model int64) int64 {
	if o.BufferType == Float16 {
		return model / 2
	}
	return model / 4
}

func (o *Options) check() error {
	if o.BufferType > Float16 {
		return plan.OptionError("BufferType", "invalid type %v: want Int8 or Float16", o.BufferType)
	}
	if o.Scheme >= schemes {
		return plan.OptionError("Scheme", "invalid scheme %v: want Updated or Legacy", o.Scheme)
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
	return plan.CheckRules(o.Rules, Int8.String(), Float16.String())
}
