package litert

import (
	"slices"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// An operation is a kind of operator whose constants are quantized.
type operation struct {
	name     string // litert-quantizer's
	operator tflite.BuiltinOperator
	weights  int32 // the position of the input that is weights
	// apart are inputs that stay as they are: indices, shapes, biases.
	apart []int32
	// axis is the dimension with a scale for each index, of BATCH_MATMUL counted from
	// behind: -1, or -2 where the second input is transposed.
	axis int32
	// least: MinElements counts.
	least bool
	// once: weights that have a scale already stay as they are.
	once bool
	// rows are the configurations it can have.
	rows []row
	// usual is what Quantize Weights does to the operator, of those that litert-quantizer
	// has no configurations for; nil for all others.
	usual *toco.OperatorRule
}

// isWeights reports whether an input of the operator is weights.
func (o *operation) isWeights(input int32) bool {
	return input == o.weights || o.usual != nil && slices.Contains(o.usual.Weights, input)
}

// A row is configurations of one kind, per tensor and per channel, or of blocks.
type row struct {
	bits       uint8
	dynamic    bool
	asymmetric bool // both kinds
	blocks     bool
}

var (
	dynamic8   = row{bits: 8, dynamic: true}
	dynamic4   = row{bits: 4, dynamic: true}
	dynamic2   = row{bits: 2, dynamic: true}
	blocks4    = row{bits: 4, dynamic: true, blocks: true}
	blocks2    = row{bits: 2, dynamic: true, blocks: true}
	weightOnly = row{bits: 8, asymmetric: true}
	weight4    = row{bits: 4, asymmetric: true}
)

const fromBehind = -1

// table is default_policy.py and common_quantize.py of litert-quantizer 0.11.
var table = []operation{
	{name: "FULLY_CONNECTED", operator: tflite.BuiltinOperatorFULLY_CONNECTED, weights: 1, apart: []int32{2}, least: true, once: true,
		rows: []row{dynamic8, dynamic4, dynamic2, blocks4, blocks2, weightOnly, weight4}},
	{name: "CONV_2D", operator: tflite.BuiltinOperatorCONV_2D, weights: 1, apart: []int32{2}, least: true, once: true,
		rows: []row{dynamic8, dynamic4, dynamic2, weightOnly, weight4}},
	{name: "DEPTHWISE_CONV_2D", operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, weights: 1, apart: []int32{2}, axis: 3, least: true, once: true,
		rows: []row{dynamic8, weightOnly}},
	{name: "CONV_2D_TRANSPOSE", operator: tflite.BuiltinOperatorTRANSPOSE_CONV, weights: 1, apart: []int32{0, 3}, least: true,
		rows: []row{dynamic8, weightOnly}},
	{name: "BATCH_MATMUL", operator: tflite.BuiltinOperatorBATCH_MATMUL, weights: 1, axis: fromBehind,
		rows: []row{dynamic8, weightOnly, weight4}},
	{name: "EMBEDDING_LOOKUP", operator: tflite.BuiltinOperatorEMBEDDING_LOOKUP, weights: 1, apart: []int32{0},
		rows: []row{dynamic8, dynamic4, dynamic2, blocks4, weightOnly, weight4}},
}

// others are what the table does not have and Quantize Weights does: lookups and recurrent
// operators, in int8 per tensor.
var others = sync.OnceValue(func() []operation {
	var out []operation
	for _, r := range toco.Operators() {
		if operationOf(table, r.Operator) == &noOperation {
			out = append(out, operation{name: r.Operator.String(), operator: r.Operator, weights: r.Weights[0], rows: []row{dynamic8}, usual: &r})
		}
	}
	return out
})

func operationOf(table []operation, op tflite.BuiltinOperator) *operation {
	i := slices.IndexFunc(table, func(o operation) bool { return o.operator == op })
	if i < 0 {
		return &noOperation
	}
	return &table[i]
}

func operationNamed(name string) *operation {
	i := slices.IndexFunc(table, func(o operation) bool { return o.name == name })
	if i < 0 {
		return nil
	}
	return &table[i]
}

func operationNames() []string {
	var names []string
	for i := range table {
		names = append(names, table[i].name)
	}
	return names
}

// recovered are the operators that Recovery is for.
var recovered = []tflite.BuiltinOperator{tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorEMBEDDING_LOOKUP}

// rotatedOperators are those that Hadamard is for.
var rotatedOperators = []tflite.BuiltinOperator{tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOperatorEMBEDDING_LOOKUP}

// can reports whether the operation can have the configuration of a rule.
func (o *operation) can(r *Rule) bool {
	c := &r.Config
	if r.Algorithm == FloatCasting {
		return c.Bits == 16 && c.Float && !c.Dynamic && o.name != "" && o.operator != tflite.BuiltinOperatorBATCH_MATMUL
	}
	if r.Algorithm == MSE && (c.Bits == 2 || o.operator == tflite.BuiltinOperatorBATCH_MATMUL) {
		return false
	}
	if r.Algorithm == Hadamard && !slices.Contains(rotatedOperators, o.operator) {
		return false
	}
	if r.Algorithm == Recovery && !slices.Contains(recovered, o.operator) {
		return false
	}
	if r.Algorithm == Searched && o.axis != 0 {
		return false
	}
	return !c.Float && slices.ContainsFunc(o.rows, func(w row) bool {
		return w.bits == c.Bits && w.dynamic == c.Dynamic && w.blocks == (c.Granularity.Block() > 0) && (w.asymmetric || !c.Asymmetric)
	})
}
