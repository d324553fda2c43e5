package plan

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Widened tensor is a float32 one that a DEQUANTIZE of the model makes of a constant.
// It is planned as if it had the constant's values itself; where it gets a format, it
// becomes a constant and the operator goes.
type Widened struct {
	Tensor   int32
	From     int32 // the constant
	Operator int32 // the DEQUANTIZE
}

// Widen notes the tensors that are made of constants of a type, before operators are
// looked at.
func (p *Plan) Widen(types ...tflite.TensorType) {
	for i, sg := range p.Model.Subgraphs {
		w := widener{p: p, index: i, made: producers(sg)}
		for k, op := range sg.Operators {
			if tflite.BuiltinCode(p.Model.OperatorCodes[op.OpcodeIndex]) == tflite.BuiltinOperatorDEQUANTIZE && w.widens(op, types) {
				p.Subgraphs[i].widen(Widened{Tensor: op.Outputs[0], From: op.Inputs[0], Operator: int32(k)}, len(sg.Tensors))
			}
		}
	}
}

func (s *Subgraph) widen(w Widened, tensors int) {
	if s.stored == nil {
		s.stored = make([]int32, tensors)
		for t := range s.stored {
			s.stored[t] = int32(t)
		}
	}
	s.stored[w.Tensor] = w.From
	s.Widened = append(s.Widened, w)
}

// A widener finds the tensors of a subgraph that are widened.
type widener struct {
	p     *Plan
	index int
	made  []int32
}

// producers counts, by tensor, how often it is an output of an operator or an input of
// the subgraph.
func producers(sg *tflite.SubGraphT) []int32 {
	made := make([]int32, len(sg.Tensors))
	for _, t := range sg.Inputs {
		if t >= 0 {
			made[t]++
		}
	}
	for _, op := range sg.Operators {
		for _, t := range op.Outputs {
			if t >= 0 {
				made[t]++
			}
		}
	}
	return made
}

// widens reports whether an operator makes the whole of one tensor of the whole of a
// constant that nothing else writes.
func (w *widener) widens(op *tflite.OperatorT, types []tflite.TensorType) bool {
	if len(op.Inputs) != 1 || len(op.Outputs) != 1 || op.Inputs[0] < 0 || op.Outputs[0] < 0 {
		return false
	}
	sg := w.p.Model.Subgraphs[w.index]
	from, to := sg.Tensors[op.Inputs[0]], sg.Tensors[op.Outputs[0]]
	n, ok := Elements(from.Shape)
	return ok && n <= MaxElements &&
		slices.Contains(types, from.Type) && to.Type == tflite.TensorTypeFLOAT32 &&
		w.made[op.Inputs[0]] == 0 && w.made[op.Outputs[0]] == 1 &&
		from.Sparsity == nil && to.Sparsity == nil && !from.IsVariable && !to.IsVariable &&
		slices.Equal(from.Shape, to.Shape) && len(w.p.Model.Buffers[to.Buffer].Data) == 0 &&
		uint64(len(w.p.Data(w.index, op.Inputs[0]))) == encode.SourceLen(from.Type, n)
}

// Stored returns the tensor of the model that has the data of t: t itself, or what it is
// widened from.
func (p *Plan) Stored(subgraph int, t int32) int32 {
	if s := p.Subgraphs[subgraph].stored; s != nil {
		return s[t]
	}
	return t
}

// stored returns the tensor that has the data of t.
func (p *Plan) storedTensor(subgraph int, t int32) *tflite.TensorT {
	return p.Model.Subgraphs[subgraph].Tensors[p.Stored(subgraph, t)]
}

// SourceOf returns the values of a constant.
func (p *Plan) SourceOf(subgraph int, t int32) encode.Source {
	return encode.Source{Type: p.storedTensor(subgraph, t).Type, Data: p.Data(subgraph, t)}
}

// A Bypass is a DEQUANTIZE of the model that goes because what it reads becomes float32:
// the operator that made this makes the output of the DEQUANTIZE instead.
type Bypass struct {
	Dequantize       int32
	Operator, Output int32 // the operator, and which of its outputs it is
}

// drop returns the operators that go: those whose output becomes a constant, and those
// that are bypassed.
func (s *Subgraph) drop() []int32 {
	var out []int32
	for _, w := range s.Widened {
		if s.Tensors[w.Tensor].Format != nil {
			out = append(out, w.Operator)
		}
	}
	for _, b := range s.Bypassed {
		out = append(out, b.Dequantize)
	}
	return out
}

// dropped returns, by operator, those that go; nil where none does.
func (s *Subgraph) dropped(operators int) []bool {
	drop := s.drop()
	if len(drop) == 0 {
		return nil
	}
	out := make([]bool, operators)
	for _, op := range drop {
		out[op] = true
	}
	return out
}

// Dropped is the number of operators that go.
func (s *Subgraph) Dropped() int { return len(s.drop()) }

// keepBeside gives float32 to widened constants that stay and that an operator reads beside
// integers: runtimes take such operators because all but their activations is constant.
func (p *Plan) keepBeside(subgraph int) {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	if s.Widened == nil {
		return
	}
	stays := make([]bool, len(sg.Tensors))
	for _, w := range s.Widened {
		stays[w.Tensor] = s.Tensors[w.Tensor].Format == nil
	}
	computes := p.Computes(subgraph)
	for i, op := range sg.Operators {
		if computes[i] != Hybrid {
			continue
		}
		for input, t := range op.Inputs {
			if t >= 0 && stays[t] {
				n, _ := Elements(sg.Tensors[t].Shape)
				s.Tensors[t] = Tensor{Format: encode.Float32{}, Reason: Constant, Operator: int32(i), Input: int32(input), Elements: n, Scales: -1, Repair: -1, Rule: -1}
				stays[t] = false
			}
		}
	}
}

// released returns, by tensor, the constants that nothing reads any more once operators
// have gone; nil where there is none. They give up their data.
func (p *Plan) released(subgraph int) []bool {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	dropped := s.dropped(len(sg.Operators))
	if dropped == nil && s.Unused == nil || len(p.Model.Buffers[0].Data) > 0 {
		return nil
	}
	out := make([]bool, len(sg.Tensors))
	for _, w := range s.Widened {
		out[w.From] = s.Tensors[w.From].Format == nil
	}
	for _, t := range s.Unused {
		out[t] = true
	}
	for i, op := range sg.Operators {
		for _, t := range op.Inputs {
			if t >= 0 && (dropped == nil || !dropped[i]) {
				out[t] = false
			}
		}
	}
	for _, t := range sg.Outputs {
		if t >= 0 {
			out[t] = false
		}
	}
	return out
}

// explainWidened says of each constant that a tensor was widened from what becomes of it:
// where that tensor stays, it is a result of the DEQUANTIZE again.
func (p *Plan) explainWidened() {
	for i := range p.Subgraphs {
		s := &p.Subgraphs[i]
		for t, free := range p.released(i) {
			if free {
				s.Tensors[t].Reason = Replaced
			}
		}
		copied := map[int32]bool{}
		for _, c := range s.Copies {
			copied[c.Of] = true
		}
		for _, w := range s.Widened {
			t := &s.Tensors[w.Tensor]
			if t.Format != nil || copied[w.Tensor] {
				continue
			}
			s.stored[w.Tensor] = w.Tensor
			if t.Reason != Activation && t.Reason != LookedUp {
				s.Tensors[w.From], *t = *t, Tensor{Operator: -1, Scales: -1, Repair: -1, Rule: -1}
			}
		}
	}
}
