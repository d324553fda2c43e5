package options

import (
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// weightOperators are those that have weights.
func weightOperators() []tflite.BuiltinOperator {
	var ops []tflite.BuiltinOperator
	for _, r := range toco.Operators() {
		ops = append(ops, r.Operator)
	}
	return ops
}

// operatorNamed finds a built-in operator by its name in the schema, in any case.
func operatorNamed(name string) (tflite.BuiltinOperator, bool) {
	return tflite.ParseBuiltinOperator(strings.ToUpper(strings.TrimSpace(name)))
}

// nearestOperator is the operator that a mistyped name most likely stands for.
// Those that have weights come before others that are as near.
func nearestOperator(name string) string {
	name = strings.ToUpper(strings.TrimSpace(name))
	hasWeights := map[tflite.BuiltinOperator]bool{}
	for _, op := range weightOperators() {
		hasWeights[op] = true
	}
	best, least := "", 0
	for _, op := range tflite.BuiltinOperators() {
		candidate := op.String()
		far := text.Unlikeness(name, candidate)
		if hasWeights[op] {
			far--
		}
		if best == "" || far < least || far == least && candidate < best {
			best, least = candidate, far
		}
	}
	return best
}
