package cases

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// The table of operators that the library quantizes by: cases go through all of it.
type opRule = toco.OperatorRule

var opTable = toco.Operators()

// ruleOf returns the operator's rule, an empty one where it has none.
func ruleOf(op tflite.BuiltinOperator) opRule {
	for _, r := range opTable {
		if r.Operator == op {
			return r
		}
	}
	return opRule{}
}
