package mlir

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A decision is what the options' rules say of a tensor.
type decision struct {
	format string // "" where no rule matches
	rule   int32  // the rule's index
}

// decide matches the rules with every float32 constant that an operator reads.
func (s *subgraphPlanner) decide(set *rule.Set) {
	s.decisions = make([]decision, len(s.sg.Tensors))
	if set == nil {
		return
	}
	for t, readers := range s.readers {
		if len(readers) == 0 || s.sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 || len(s.p.Data(s.index, int32(t))) == 0 {
			continue
		}
		var names []int32
		weights := false
		for _, u := range readers {
			name := s.names[s.sg.Operators[u.Operator].OpcodeIndex]
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			weights = weights || slices.Contains(s.rule(u.Operator).Weights, u.Input)
		}
		format, i, ok := set.Format(s.sg.Tensors[t].Name, names)
		if ok && (format != int8Name || weights) {
			s.decisions[t] = decision{format, int32(i)}
		}
	}
}
