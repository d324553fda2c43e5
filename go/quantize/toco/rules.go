package toco

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A decision is the format that the options' rules give to a tensor.
type decision struct {
	format string // "" where no rule matches
	rule   int32  // the rule's index
}

// A constant is one that operators read.
type constant struct {
	readers []int32 // numbers of their names for the rules
	weights bool    // of one of them
}

// decide matches the rules with every float32 constant of the subgraph that an
// operator reads. The result is nil where there are no rules.
func (s *subgraphPlanner) decide(set *rule.Set) []decision {
	if set == nil {
		return nil
	}
	decisions := make([]decision, len(s.sg.Tensors))
	for t, c := range s.constants() {
		if c.readers == nil {
			continue
		}
		format, i, ok := set.Format(s.sg.Tensors[t].Name, c.readers)
		if ok && (format != Int8.String() || c.weights) {
			decisions[t] = decision{format, int32(i)}
		}
	}
	return decisions
}

// constants returns the float32 constants by tensor; others have no readers.
func (s *subgraphPlanner) constants() []constant {
	constants := make([]constant, len(s.sg.Tensors))
	for i, op := range s.sg.Operators {
		rule := s.rule(int32(i))
		for input, t := range op.Inputs {
			if t < 0 || s.sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 || len(s.p.Data(s.index, t)) == 0 {
				continue
			}
			c := &constants[t]
			c.readers = appendNew(c.readers, s.names[op.OpcodeIndex])
			c.weights = c.weights || slices.Contains(rule.Weights, int32(input))
		}
	}
	return constants
}

// appendNew adds an operator that is not the last one. Readers of one kind mostly
// follow each other, so few are added twice, which does no harm.
func appendNew(operators []int32, op int32) []int32 {
	if n := len(operators); n > 0 && operators[n-1] == op {
		return operators
	}
	return append(operators, op)
}

// ruled returns the format that rules give to a tensor, "" where none matches.
func (s *subgraphPlanner) ruled(t int32) string {
	if s.decisions == nil {
		return ""
	}
	return s.decisions[t].format
}

// keep notes that a rule leaves a tensor as it is.
func (s *subgraphPlanner) keep(u plan.Use, t int32) {
	p := &s.plan.Tensors[t]
	p.Reason, p.Operator, p.Input, p.Rule = plan.ByRule, u.Operator, u.Input, s.decisions[t].rule
}
