package toco

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// handle puts a DEQUANTIZE in front of the readers of a quantized tensor that
// cannot read it as it is.
func (s *subgraphPlanner) handle(t int32) error {
	if s.rewrite.Type(t) == tflite.TensorTypeFLOAT16 {
		s.rewrite.Dequantize(plan.Dequantize{Tensor: t, Origin: t, Readers: s.rewrite.Readers(t)})
		return nil
	}
	origin := t
	out, passes, err := s.passThrough(t)
	if err != nil {
		return err
	}
	if passes { // one step: what reads the output is not asked again whether it passes
		t = out
	}
	var unable []plan.Use
	for _, u := range s.rewrite.Readers(t) {
		if !s.readsInt8(u) {
			unable = append(unable, u)
		}
	}
	var outputs []int32
	if o := s.rewrite.TakeOutput(t); o >= 0 { // further entries that are t stay
		outputs = []int32{o}
	}
	s.rewrite.Done(t)
	if len(unable) > 0 || outputs != nil {
		s.rewrite.Dequantize(plan.Dequantize{Tensor: t, Origin: origin, Readers: unable, GraphOutputs: outputs})
	}
	return nil
}

// passThrough makes the output of a lookup int8 where the lookup is the only
// reader of t, and returns that output.
func (s *subgraphPlanner) passThrough(t int32) (out int32, passes bool, err error) {
	readers := s.rewrite.Readers(t)
	if len(readers) != 1 || s.rewrite.Added(readers[0].Operator) {
		return 0, false, nil
	}
	op := readers[0].Operator
	rule := s.rule(op)
	if !rule.PassThrough {
		return 0, false, nil
	}
	place := func() string { return plan.PlaceOperator(s.p.Model, s.index, op) }
	outputs := s.sg.Operators[op].Outputs
	if len(outputs) != 1 || outputs[0] < 0 {
		return 0, false, plan.ModelError(place(), "it has the outputs %v, one is expected", outputs)
	}
	inputs := s.rewrite.Inputs(op)
	if len(inputs) <= int(rule.Weights[0]) || inputs[rule.Weights[0]] < 0 {
		return 0, false, plan.ModelError(place(), "it has no input %d, its table", rule.Weights[0])
	}
	out = outputs[0]
	if s.plan.Tensors[out].Format != nil {
		return 0, false, plan.ModelError(place(), "its output, tensor %d, is a constant", out)
	}
	s.rewrite.PassThrough(plan.Lookup{Operator: op, Tensor: t, Output: out, Table: inputs[rule.Weights[0]]})
	return out, true, nil
}

// readsInt8 reports whether the operator can read its int8 input as it is.
func (s *subgraphPlanner) readsInt8(u plan.Use) bool {
	if s.rewrite.Added(u.Operator) {
		return false
	}
	rule := s.rule(u.Operator)
	if !s.hybrid(rule, s.sg.Operators[u.Operator]) || !slices.Contains(rule.Weights, u.Input) {
		return false
	}
	inputs := s.rewrite.Inputs(u.Operator)
	for _, w := range rule.Weights {
		if int(w) < len(inputs) && inputs[w] >= 0 && s.rewrite.Type(inputs[w]) != tflite.TensorTypeINT8 {
			return false
		}
	}
	return true
}
