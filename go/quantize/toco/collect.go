package toco

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// collect finds the tensors of the subgraph that are quantized.
func (s *subgraphPlanner) collect() error {
	s.p.NoteConstants(s.index)
	for i, op := range s.sg.Operators {
		if s.BufferType == Int8 || s.ruled != nil {
			if err := s.collectWeights(int32(i), op); err != nil {
				return err
			}
		}
		if s.BufferType == Float16 || s.ruled != nil {
			if err := s.collectConstants(int32(i), op); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *subgraphPlanner) collectConstants(i int32, op *tflite.OperatorT) error {
	for input, t := range op.Inputs {
		if t < 0 || s.plan.Tensors[t].Reason != plan.NotWeight {
			continue
		}
		use := plan.Use{Operator: i, Input: int32(input)}
		switch format := s.ruled.Format(t); {
		case format == rule.Keep:
			s.keep(use, t)
		case format == Float16.String(), format == "" && s.BufferType == Float16:
			if s.keeper.Keeps(use, t, encode.Float16{}) {
				continue
			}
			if err := s.take(use, t, encode.Float16{}, plan.Constant); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *subgraphPlanner) collectWeights(i int32, op *tflite.OperatorT) error {
	weighs := s.rule(i)
	reached := false
	for _, input := range weighs.Weights {
		if int(input) >= len(op.Inputs) || op.Inputs[input] < 0 {
			continue
		}
		t := op.Inputs[input]
		if s.sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 {
			continue
		}
		use := plan.Use{Operator: i, Input: input}
		n, err := s.elements(use, t)
		if err != nil {
			return err
		}
		p := &s.plan.Tensors[t]
		if len(s.p.Data(s.index, t)) == 0 {
			continue
		}
		format := s.ruled.Format(t)
		switch {
		case format == rule.Keep:
			if p.Reason != plan.ByRule {
				s.keep(use, t)
			}
			continue
		case format == Float16.String(), format == "" && s.BufferType == Float16:
			continue // as any constant
		}
		if n < s.least() && format == "" {
			s.p.Stays(s.index, use, t, plan.TooSmall, n)
			continue
		}
		int8Format := s.int8Format(weighs, s.sg.Tensors[t].Shape)
		if s.keeper.Keeps(use, t, int8Format) {
			continue
		}
		reached = true
		if p.Format != nil {
			continue
		}
		if err := s.take(use, t, int8Format, plan.Weight); err != nil {
			return err
		}
	}
	if reached && weighs.Asymmetric {
		return s.setAsymmetric(i, op, weighs)
	}
	return nil
}

// setAsymmetric plans the operator's asymmetric_quantize_inputs.
func (s *subgraphPlanner) setAsymmetric(i int32, op *tflite.OperatorT, rule *OperatorRule) error {
	options, ok := plan.WithAsymmetricInputs(rule.Operator, op.BuiltinOptions, s.Scheme == Updated)
	if !ok {
		return plan.ModelError(plan.PlaceOperator(s.p.Model, s.index, i), "its options are %v, which are those of another operator", op.BuiltinOptions.Type)
	}
	s.plan.Options = append(s.plan.Options, plan.OptionsEdit{Operator: i, Options: options})
	return nil
}

// take plans a tensor's format.
func (s *subgraphPlanner) take(u plan.Use, t int32, f encode.Format, why plan.Reason) error {
	n, err := s.elements(u, t)
	if err != nil {
		return err
	}
	p := &s.plan.Tensors[t]
	p.Format, p.Reason, p.Operator, p.Input, p.Elements = f, why, u.Operator, u.Input, n
	if s.ruled.Format(t) != "" {
		p.Rule = s.ruled[t].Rule
	}
	return s.checkData(u, t)
}

// keep notes that a rule leaves a tensor as it is.
func (s *subgraphPlanner) keep(u plan.Use, t int32) {
	p := &s.plan.Tensors[t]
	p.Reason, p.Operator, p.Input, p.Rule = plan.ByRule, u.Operator, u.Input, s.ruled[t].Rule
}

func (s *subgraphPlanner) elements(u plan.Use, t int32) (uint64, error) {
	n, ok := plan.Elements(s.sg.Tensors[t].Shape)
	if !ok {
		return 0, plan.ModelError(plan.PlaceInput(s.p.Model, s.index, u, t), "its shape is %v, every dimension of weights must be positive and their product fit 64 bits", s.sg.Tensors[t].Shape)
	}
	return n, nil
}

// checkData checks that the data of a tensor to be quantized suit its shape.
// Upstream cuts longer data for int8 and fills up shorter ones for float16; it
// reads or writes past the end the other way round.
func (s *subgraphPlanner) checkData(u plan.Use, t int32) error {
	p := &s.plan.Tensors[t]
	tensor := s.sg.Tensors[t]
	source := s.p.SourceOf(s.index, t)
	data := uint64(len(source.Data))
	toHalf := p.Format.Type() == tflite.TensorTypeFLOAT16
	if need := encode.SourceLen(source.Type, p.Elements); p.Elements > plan.MaxElements || data < need && !toHalf || data > need && toHalf {
		return plan.ModelError(plan.PlaceInput(s.p.Model, s.index, u, t), "its buffer %d has %d bytes, its shape %v needs %d float32 values", tensor.Buffer, data, tensor.Shape, p.Elements)
	}
	return nil
}

// setOrder lists the quantized tensors: first the given order, then the rest by index.
func (s *subgraphPlanner) setOrder(order []int32) error {
	listed := make([]bool, len(s.plan.Tensors))
	for _, t := range order {
		if t < 0 || int(t) >= len(s.plan.Tensors) || s.plan.Tensors[t].Format == nil || listed[t] {
			return plan.OptionError("Order", "subgraph %d: tensor %d is not one to be quantized, or stands there twice", s.index, t)
		}
		listed[t] = true
	}
	s.plan.Order = slices.Clone(order)
	for t := range s.plan.Tensors {
		if s.plan.Tensors[t].Format != nil && !listed[t] {
			s.plan.Order = append(s.plan.Order, int32(t))
		}
	}
	return nil
}
