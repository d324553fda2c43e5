// Package quantize shrinks the weights of TFLite models to int8 or float16. It
// gives the bytes that TensorFlow Lite's Quantize Weights tool gives, in an
// order of its own that is always the same.
//
// A plan says what happens to every tensor and why; applying it makes the file.
// Weights does both; File does both from file to file.
package quantize

import (
	"fmt"

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

// Options are those of upstream's QuantizeWeights; the zero value is its defaults.
type Options struct {
	BufferType BufferType

	// The rest is for Int8.

	// MinElements: smaller weights stay as they are. 0 stands for
	// DefaultMinElements; 1 quantizes all.
	MinElements uint64
	Scheme      Scheme
	// NoHybrid puts a DEQUANTIZE in front of every operator, also of those that
	// could compute with int8 weights.
	NoHybrid bool
	// OpDenylist has operators that must not get int8 weights: theirs are
	// quantized, and dequantized in front of them.
	OpDenylist []tflite.BuiltinOperator
	// CustomOps has custom operators by their custom code.
	CustomOps map[string]CustomOp

	// Order gives, by subgraph, tensors in the order in which they are handled,
	// which is the order of the DEQUANTIZE operators' outputs in the file.
	// Quantized tensors that it does not have come behind those that it has, by
	// ascending index, as all do when it is nil. OrderOf reads it off a file.
	Order [][]int32
}

func (o *Options) minElements() uint64 {
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
