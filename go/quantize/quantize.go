// Package quantize shrinks the weights of TFLite models to int8 or float16. It is the
// face of the library. With Options it gives the bytes of TensorFlow Lite's Quantize
// Weights tool, with added operators in an order that is always the same.
//
// A Quantizer makes a plan: data that say what happens to every tensor and why.
// Applying the plan makes the file. Weights, Bytes, Write and File do both.
package quantize

import (
	"reflect"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Quantizer decides what happens to a model: the rules of one tool, with options.
// Options is one.
type Quantizer = plan.Quantizer

// Options are the options of upstream's QuantizeWeights, and rules and repairs; the
// zero value has upstream's defaults.
type Options = toco.Options

// Types of fields of Options.
type (
	BufferType = toco.BufferType
	Scheme     = toco.Scheme
	CustomOp   = toco.CustomOp
	Rounding   = encode.Rounding
)

// Values of Options.
const (
	Int8               = toco.Int8
	Float16            = toco.Float16
	Updated            = toco.Updated
	Legacy             = toco.Legacy
	Nearest            = encode.Nearest
	PreservedSums      = encode.PreservedSums
	DefaultMinElements = toco.DefaultMinElements
)

// A Plan says what will be different in the new model, as data.
type Plan = plan.Plan

// NewPlan decides what to do with a model, without changing it or looking at a
// weight. The error, an *Error, names the place of the model or the option that is
// against it: an index out of range, an impossible shape, data that do not fit a shape.
//
// Repairs that depend on the values of large constants are not in the plan: see
// NewCheckedPlan.
func NewPlan(m *tflite.ModelT, q Quantizer) (*Plan, error) { return planOf(m, q) }

// planOf asks a quantizer, which may be nil or a nil pointer, for its plan.
func planOf(m *tflite.ModelT, q Quantizer) (*Plan, error) {
	if err := checkQuantizer(q); err != nil {
		return nil, err
	}
	p, err := q.Plan(m)
	if err == nil && p == nil {
		return nil, plan.ModelError("plan", "missing: the quantizer %T made none", q)
	}
	return p, err
}

func checkQuantizer(q Quantizer) error {
	if v := reflect.ValueOf(q); q == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return missing("quantizer", "a Quantizer, such as Options{}")
	}
	return nil
}

func missing(argument, want string) error {
	return plan.OptionError(argument, "missing: want %s", want)
}

// OrderOf reads, off a file that upstream made of model m with options o, an order
// in which upstream can have handled the quantized tensors: for Options.Order.
// Upstream's own order differs from run to run.
func OrderOf(m, upstream *tflite.ModelT, o Options) ([][]int32, error) {
	return toco.OrderOf(m, upstream, o)
}
