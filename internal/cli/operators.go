package cli

import (
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// operatorNames are those of operators that have weights.
func operatorNames() []string {
	var names []string
	for _, r := range quantize.OpTable {
		names = append(names, r.Operator.String())
	}
	return names
}

// operatorNamed finds a built-in operator by its name in the schema, in any case.
func operatorNamed(name string) (tflite.BuiltinOperator, error) {
	upper := strings.ToUpper(strings.TrimSpace(name))
	if op, ok := tflite.ParseBuiltinOperator(upper); ok {
		return op, nil
	}
	return 0, usageErrorf("--deny-op", "%q is not a built-in operator; did you mean %s?", name, nearestOperator(upper))
}

func nearestOperator(name string) string {
	best, least := "", 0
	for _, op := range tflite.BuiltinOperators() {
		candidate := op.String()
		far := unlikeness(name, candidate)
		if slices.ContainsFunc(quantize.OpTable, func(r quantize.OpRule) bool { return r.Operator == op }) {
			far-- // those that one would name here
		}
		if best == "" || far < least || far == least && candidate < best {
			best, least = candidate, far
		}
	}
	return best
}

// unlikeness is small where a mistyped name looks like a candidate: by the
// letters to change, where both begin in the same way, and for a part of a name.
func unlikeness(name, candidate string) int {
	if len(name) > 3 && strings.Contains(candidate, name) {
		return 1
	}
	start := 0
	for start < len(name) && start < len(candidate) && name[start] == candidate[start] {
		start++
	}
	return 2*distance(name, candidate) - start
}

// distance is the number of letters to add, drop or change to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = slices.Min([]int{change, row[j] + 1, row[j+1] + 1})
		}
	}
	return row[len(b)]
}
