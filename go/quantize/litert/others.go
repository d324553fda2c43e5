package litert

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// settle decides whether an operator that Quantize Weights knows reads its int8 weights as
// they are: a lookup that can give int8, and an operator all of whose weights are int8. Else
// they are dequantized in front of it.
func (s *subgraphPlanner) settle(i int32, rule *toco.OperatorRule) error {
	op := s.sg.Operators[i]
	direct := s.passes(op, rule)
	if rule.Computes(toco.Updated, op) {
		direct = s.allTaken(op, i, rule)
	}
	if !direct {
		s.eachWant(op, i, func(w *want) { w.direct = false })
		return nil
	}
	if rule.Asymmetric {
		options, ok := plan.WithAsymmetricInputs(rule.Operator, op.BuiltinOptions, true)
		if !ok {
			return plan.ModelError(plan.PlaceOperator(s.p.Model, s.index, i), "its options are %v, which are those of another operator", op.BuiltinOptions.Type)
		}
		s.plan.Options = append(s.plan.Options, plan.OptionsEdit{Operator: i, Options: options})
	}
	version := &s.p.Versions[op.OpcodeIndex]
	*version = max(*version, rule.Versions[toco.Updated])
	return nil
}

// passes reports whether an operator is a lookup whose output can be int8.
func (s *subgraphPlanner) passes(op *tflite.OperatorT, rule *toco.OperatorRule) bool {
	return rule.PassThrough && len(op.Outputs) == 1 && op.Outputs[0] >= 0 && s.plan.Tensors[op.Outputs[0]].Format == nil && len(s.p.Data(s.index, op.Outputs[0])) == 0
}

// allTaken reports whether all weights that an operator has are quantized, and one at least.
func (s *subgraphPlanner) allTaken(op *tflite.OperatorT, i int32, rule *toco.OperatorRule) bool {
	has, taken := 0, 0
	for _, input := range rule.Weights {
		if int(input) < len(op.Inputs) && op.Inputs[input] >= 0 {
			has++
		}
	}
	s.eachWant(op, i, func(w *want) {
		if w.format != nil {
			taken++
		}
	})
	return taken == has && taken > 0
}

// eachWant calls f with what an operator wants, where no later operator was asked yet.
func (s *subgraphPlanner) eachWant(op *tflite.OperatorT, i int32, f func(*want)) {
	seen := map[int32]bool{}
	for _, t := range op.Inputs {
		if t < 0 || seen[t] {
			continue
		}
		seen[t] = true
		wants := s.wants[t]
		for k := len(wants) - 1; k >= 0 && wants[k].Operator == i; k-- {
			f(&wants[k])
		}
	}
}

// passThrough makes the outputs of lookups in a table int8 as well, and dequantizes these.
func (s *subgraphPlanner) passThrough(g *group) {
	for _, w := range g.wants {
		rule := s.operation(w.Operator).usual
		if !w.direct || rule == nil || !rule.PassThrough {
			continue
		}
		out := s.sg.Operators[w.Operator].Outputs[0]
		if s.plan.Tensors[out].Reason == plan.LookedUp {
			continue // the output of another lookup as well, in a model that makes no sense
		}
		d := plan.Dequantize{Tensor: out, Origin: g.of, Readers: s.rewrite.Readers(out)}
		s.rewrite.PassThrough(plan.Lookup{Operator: w.Operator, Tensor: g.tensor, Output: out, Table: g.tensor})
		for o := s.rewrite.TakeOutput(out); o >= 0; o = s.rewrite.TakeOutput(out) {
			d.GraphOutputs = append(d.GraphOutputs, o)
		}
		if len(d.Readers) > 0 || d.GraphOutputs != nil {
			s.p.UseDequantize(dequantizeVersion)
			s.rewrite.Dequantize(d)
		}
	}
}
