package litert

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A want is how an operator wants a constant that it reads.
type want struct {
	plan.Use
	elements uint64
	format   encode.Format // nil for the constant as it is
	direct   bool          // the operator reads the format as it is
}

// collect finds the constants that are quantized, and how.
func (s *subgraphPlanner) collect() error {
	s.p.NoteConstants(s.index)
	constants := s.p.Float32Constants(s.index)
	s.wants = make([][]want, len(s.sg.Tensors))
	for i := range s.sg.Operators {
		if err := s.collectOperator(int32(i), constants); err != nil {
			return err
		}
	}
	return nil
}

func (s *subgraphPlanner) collectOperator(i int32, constants []bool) error {
	op, o := s.sg.Operators[i], s.operation(i)
	var r *Rule
	if o.name != "" && !s.apart {
		r = s.chooser.rule(o, s.sg, op, func(c *Config) bool { return s.fits(c, o, op) })
	}
	for input, t := range op.Inputs {
		if t < 0 || !constants[t] {
			continue
		}
		w := want{Use: plan.Use{Operator: i, Input: int32(input)}}
		n, ok := plan.Elements(s.sg.Tensors[t].Shape)
		if r != nil && !ok {
			return plan.ModelError(plan.PlaceInput(s.p.Model, s.index, w.Use, t), "its shape is %v, every dimension of a constant must be positive and their product fit 64 bits", s.sg.Tensors[t].Shape)
		}
		w.elements = n
		if r == nil && o.isWeights(w.Input) && s.leastBits(t) == plan.AsItIs {
			s.p.Stays(s.index, w.Use, t, plan.TooInexact, n)
		}
		if r != nil && s.takes(r, o, &w, t) {
			w.format, w.direct = s.rounded(r, searched(r, s.format(&r.Config, o, op, t)), o, w.Input, t), r.Config.Dynamic
			if s.keeper.Keeps(w.Use, t, w.format) {
				w.format = nil
			} else if err := s.p.CheckFloat32Data(s.index, w.Use, t, n); err != nil {
				return err
			}
		}
		if f, ok := w.format.(encode.Rotated); ok {
			w.direct = true
			if err := s.noteRotation(w.Use, t, f); err != nil {
				return err
			}
		}
		s.wants[t] = append(s.wants[t], w)
	}
	if r != nil && o.usual != nil {
		return s.settle(i, o.usual)
	}
	return nil
}

// leastBits are those that the weights have at least.
func (s *subgraphPlanner) leastBits(t int32) uint8 {
	if c := s.choices[[2]int32{int32(s.index), t}]; c != nil {
		return c.Bits
	}
	return 0
}

// fits reports whether the weights of an operator may have the bits, and blocks fill their
// rows, where that is asked for.
func (s *subgraphPlanner) fits(c *Config, o *operation, op *tflite.OperatorT) bool {
	weights := int32(-1)
	if int(o.weights) < len(op.Inputs) {
		weights = op.Inputs[o.weights]
	}
	block := c.Granularity.Block()
	switch {
	case o.usual != nil: // each of its weights by itself
		return true
	case weights >= 0 && c.Bits < s.leastBits(weights):
		return false
	case block == 0 || !s.Fitting:
		return true
	case weights < 0:
		return false
	}
	shape := s.sg.Tensors[weights].Shape
	n, ok := plan.Elements(shape)
	if !ok || n > plan.MaxElements {
		return false
	}
	_, err := s.format(c, o, op, weights).Fit(encode.Tensor{Shape: shape, Values: int(n)})
	return err == nil
}

// takes reports whether a constant that an operator with a rule reads is quantized, and
// notes why not.
//
// Operators that read integers read them as weights alone: another constant would be
// refused by runtimes, although litert-quantizer quantizes it.
func (s *subgraphPlanner) takes(r *Rule, o *operation, w *want, t int32) bool {
	weights := o.isWeights(w.Input)
	switch {
	case slices.Contains(o.apart, w.Input), !weights && (r.Config.Dynamic || r.Config.Float || r.Algorithm == Hadamard):
		return false
	case s.ruled.Format(t) == rule.Keep:
		s.p.Stays(s.index, w.Use, t, plan.ByRule, w.elements)
		s.plan.Tensors[t].Rule = s.ruled[t].Rule
		return false
	case o.usual != nil && s.leastBits(t) > r.Config.Bits:
		s.p.Stays(s.index, w.Use, t, plan.TooInexact, w.elements)
		return false
	case weights && o.once && !anyInput(r.Algorithm) && hasScale(s.sg.Tensors[t]):
		return false
	case weights && o.least && !anyInput(r.Algorithm) && w.elements < r.Config.MinElements:
		s.p.Stays(s.index, w.Use, t, plan.TooSmall, w.elements)
		return false
	}
	return true
}

// anyInput reports whether an algorithm takes weights of every size, also with a scale.
func anyInput(a Algorithm) bool { return a == FloatCasting || a == Hadamard }

func hasScale(t *tflite.TensorT) bool { return t.Quantization != nil && len(t.Quantization.Scale) > 0 }

// format returns how an operator with a configuration has a constant stored.
func (s *subgraphPlanner) format(c *Config, o *operation, op *tflite.OperatorT, t int32) encode.Format {
	switch {
	case c.Float:
		return encode.Half{}
	case c.Granularity.Block() > 0:
		return encode.Blocks{Bits: c.Bits, Size: c.Granularity.Block(), Floor: s.Fitting}
	case c.Granularity == TensorWise, o.usual != nil:
		return encode.Integer{Bits: c.Bits, Scope: encode.PerTensor, Asymmetric: c.Asymmetric}
	}
	axis := o.axis
	if axis == fromBehind {
		axis += int32(len(s.sg.Tensors[t].Shape))
		if transposed(op) {
			axis--
		}
	}
	return encode.Integer{Bits: c.Bits, Scope: encode.PerChannel, Axis: axis, Asymmetric: c.Asymmetric}
}

// rounded returns a format of integers with the options' rounding, for weights whose
// products are summed. What was recovered is no rounded value, sums of rotated weights are
// none of outputs, and for loops see Options.Rounding.
func (s *subgraphPlanner) rounded(r *Rule, f encode.Format, o *operation, input, t int32) encode.Format {
	loses := s.loop && f.Type() != tflite.TensorTypeINT8
	if !o.isWeights(input) || f.Type() == tflite.TensorTypeFLOAT16 || loses || r.Algorithm == Recovery || r.Algorithm == Hadamard {
		return f
	}
	return plan.Rounded(f, s.Rounding, o.operator, s.sg.Tensors[t].Shape)
}

// searched returns the format in which an algorithm searches scales.
func searched(r *Rule, f encode.Format) encode.Format {
	i, integer := f.(encode.Integer)
	if integer && r.Algorithm == Searched {
		return encode.Searched{Bits: i.Bits}
	}
	method := methods[r.Algorithm]
	if method == encode.Extremes {
		return f
	}
	switch of := f.(type) {
	case encode.Integer:
		f = encode.Clipped{Bits: of.Bits, Scope: of.Scope, Axis: of.Axis, Method: method}
	case encode.Blocks:
		of.Method = method
		f = of
	}
	if r.Algorithm == Hadamard {
		return encode.Rotated{Of: f, Most: r.Config.MostRotated}
	}
	return f
}

var methods = map[Algorithm]encode.Method{MSE: encode.MSE, OCTAV: encode.OCTAV, Recovery: encode.Recovery, Hadamard: encode.OCTAV}

// transposed reports whether the second input of a BATCH_MATMUL is.
func transposed(op *tflite.OperatorT) bool {
	if op.BuiltinOptions == nil {
		return false
	}
	o, ok := op.BuiltinOptions.Value.(*tflite.BatchMatMulOptionsT)
	return ok && o.AdjY
}
