package mlir

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A use is an operator's input that is quantized.
type use struct {
	plan.Use
	sg       *tflite.SubGraphT
	op       *tflite.OperatorT
	tensor   *tflite.TensorT
	elements uint64
	format   encode.Format
	direct   bool // the operator reads the format as it is
}

// collect finds the uses of constants that are quantized.
func (s *subgraphPlanner) collect() error {
	s.p.NoteConstants(s.index)
	constants := s.p.Float32Constants(s.index)
	s.uses = make([][]use, len(s.sg.Tensors))
	for i := range s.sg.Operators {
		if err := s.collectOperator(int32(i), constants); err != nil {
			return err
		}
	}
	return nil
}

func (s *subgraphPlanner) collectOperator(i int32, constants []bool) error {
	op := s.sg.Operators[i]
	skip := s.skips(op, constants)
	for input, t := range op.Inputs {
		if t < 0 || !constants[t] {
			continue
		}
		u := plan.Use{Operator: i, Input: int32(input)}
		n, ok := plan.Elements(s.sg.Tensors[t].Shape)
		if !ok {
			return plan.ModelError(plan.PlaceInput(s.p.Model, s.index, u, t), "its shape is %v, every dimension of a constant must be positive and their product fit 64 bits", s.sg.Tensors[t].Shape)
		}
		format, direct := s.formatOf(u, t, n, skip)
		if format == nil || s.keeper.Keeps(u, t, format) {
			continue
		}
		if err := s.p.CheckFloat32Data(s.index, u, t, n); err != nil {
			return err
		}
		s.uses[t] = append(s.uses[t], use{u, s.sg, op, s.sg.Tensors[t], n, format, direct})
	}
	return nil
}

// formatOf returns the format of a constant for one use, nil where it stays as it is,
// and whether the operator reads the format.
func (s *subgraphPlanner) formatOf(u plan.Use, t int32, elements uint64, skip bool) (f encode.Format, direct bool) {
	r := s.rule(u.Operator)
	switch ruled := s.ruled.Format(t); {
	case ruled == rule.Keep:
		s.p.Stays(s.index, u, t, plan.ByRule, elements)
		s.plan.Tensors[t].Rule = s.ruled[t].Rule
		return nil, false
	case ruled == float16Name, ruled == "" && s.Float16:
		return encode.Float16{}, false
	case skip || !slices.Contains(r.Weights, u.Input) || s.Float16 && ruled == "":
		return nil, false
	case elements < s.least() && ruled == "":
		s.p.Stays(s.index, u, t, plan.TooSmall, elements)
		return nil, false
	}
	return s.format(r, s.sg.Tensors[t].Shape), s.direct(r)
}

// skips reports whether none of the operator's weights is quantized to int8: the kernel
// of an LSTM is not the full one, or an operator that takes all or none has constant
// weights that are too small.
func (s *subgraphPlanner) skips(op *tflite.OperatorT, constants []bool) bool {
	r := s.rules[op.OpcodeIndex]
	if o := op.BuiltinOptions; o != nil && r.Operator == tflite.BuiltinOperatorLSTM {
		if l, ok := o.Value.(*tflite.LSTMOptionsT); ok && l.KernelType != tflite.LSTMKernelTypeFULL {
			return true
		}
	}
	if !r.Whole {
		return false
	}
	for _, input := range r.Weights {
		if int(input) >= len(op.Inputs) || op.Inputs[input] < 0 || !constants[op.Inputs[input]] {
			continue
		}
		t := op.Inputs[input]
		if n, ok := plan.Elements(s.sg.Tensors[t].Shape); ok && n < s.least() && s.ruled.Format(t) == "" {
			return true
		}
	}
	return false
}

// setAsymmetric plans asymmetric_quantize_inputs of the operators that have it and
// int8 weights, whether they read these as they are or not.
func (s *subgraphPlanner) setAsymmetric() error {
	quantized := make([]bool, len(s.sg.Operators))
	for _, uses := range s.uses {
		for _, u := range uses {
			if u.format.Type() == tflite.TensorTypeINT8 && s.rule(u.Operator).Asymmetric {
				quantized[u.Operator] = true
			}
		}
	}
	for i, op := range s.sg.Operators {
		if !quantized[i] {
			continue
		}
		options, ok := plan.WithAsymmetricInputs(s.rule(int32(i)).Operator, op.BuiltinOptions, true)
		if !ok {
			return plan.ModelError(plan.PlaceOperator(s.p.Model, s.index, int32(i)), "its options are %v, which are those of another operator", op.BuiltinOptions.Type)
		}
		s.plan.Options = append(s.plan.Options, plan.OptionsEdit{Operator: int32(i), Options: options})
	}
	return nil
}
