// Package restore makes float32 models of quantized ones: integer and float16 constants
// become the float32 values that they stand for, and operators read these. It is for models
// whose activations are float32, as all quantizers of weights leave them.
package restore

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Options say what a restored file keeps.
type Options struct {
	// SetMinRuntimeVersion makes the model's metadata state the TensorFlow release that
	// its operators need.
	SetMinRuntimeVersion bool
	// Repairs: of these, appended-files and empty-fields are made.
	Repairs repair.Set
}

// growthTimes is above 16, what integers of 2 bits grow.
const growthTimes = 24

// restored are the types of constants that are made float32.
var restored = []tflite.TensorType{tflite.TensorTypeFLOAT16, tflite.TensorTypeINT8, tflite.TensorTypeUINT8, tflite.TensorTypeINT4, tflite.TensorTypeINT2}

// Plan decides what to do with a model. The error, a *plan.Error, names the operator that
// reads a quantized constant and cannot compute with float32 in its place, as in models
// whose activations are integers.
func (o Options) Plan(m *tflite.ModelT) (*plan.Plan, error) {
	p, err := plan.New(m)
	if err != nil {
		return nil, err
	}
	p.Label = "float32"
	p.Larger = true
	p.KeepAppended = o.Repairs.Has(repair.AppendedFiles)
	p.AllowGrowth(growthTimes)
	p.Widen(restored...)
	integers := make([]bool, len(m.OperatorCodes))
	for i, sg := range m.Subgraphs {
		s := restorer{p: p, index: i, sg: sg, plan: &p.Subgraphs[i], integers: integers}
		if err := s.do(); err != nil {
			return nil, err
		}
	}
	setVersions(p, integers)
	o.Repairs.Only("empty-fields").Mend(p)
	if err := p.Finish(0); err != nil {
		return nil, err
	}
	if o.SetMinRuntimeVersion {
		p.SetMinRuntimeVersion()
	}
	return p, nil
}

// A restorer plans one subgraph.
type restorer struct {
	p     *plan.Plan
	index int // of the subgraph
	sg    *tflite.SubGraphT
	plan  *plan.Subgraph
	// integers notes, by operator code, those with operators that still read integers.
	integers []bool
	// readers has, by tensor, the inputs that read it.
	readers [][]plan.Use
	// outputs are the tensors that are outputs of the subgraph.
	outputs map[int32]bool
	// widens has the DEQUANTIZE operators that go with a constant.
	widens map[int32]bool
	// becomes has the constants that become float32.
	becomes map[int32]bool
}

func (s *restorer) do() error {
	s.p.NoteConstants(s.index)
	s.connect()
	for _, w := range s.plan.Widened {
		if err := s.take(w.Tensor, plan.Use{Operator: w.Operator}); err != nil {
			return err
		}
	}
	for t := range s.sg.Tensors {
		if s.isQuantized(int32(t)) {
			if err := s.restore(int32(t)); err != nil {
				return err
			}
		}
	}
	s.p.NewRewrite(s.index).Finish()
	s.setOptions()
	for t := range s.plan.Tensors {
		if t := &s.plan.Tensors[t]; t.Reason == plan.NotWeight {
			t.Reason = plan.AlreadyFloat32
		}
	}
	return nil
}

func (s *restorer) connect() {
	s.readers, s.widens, s.becomes = make([][]plan.Use, len(s.sg.Tensors)), map[int32]bool{}, map[int32]bool{}
	for i, op := range s.sg.Operators {
		for input, t := range op.Inputs {
			if t >= 0 {
				s.readers[t] = append(s.readers[t], plan.Use{Operator: int32(i), Input: int32(input)})
			}
		}
	}
	for _, w := range s.plan.Widened {
		s.widens[w.Operator] = true
	}
	s.outputs = map[int32]bool{}
	for _, t := range s.sg.Outputs {
		s.outputs[t] = true
	}
}

// isQuantized reports whether a tensor is a constant of integers that stand for float32
// values. Float16 that no DEQUANTIZE makes float32, such as that of sparse constants, stays.
func (s *restorer) isQuantized(t int32) bool {
	tensor := s.sg.Tensors[t]
	if s.p.Stored(s.index, t) != t || len(s.p.Data(s.index, t)) == 0 || tensor.IsVariable {
		return false
	}
	return tensor.Type != tflite.TensorTypeFLOAT16 && slices.Contains(restored, tensor.Type) && hasScales(tensor.Quantization)
}

func hasScales(q *tflite.QuantizationParametersT) bool {
	return q != nil && (len(q.Scale) > 0 || q.Details != nil)
}

// restore makes a constant float32 where other operators read it than a DEQUANTIZE that
// goes, and has these compute with float32.
func (s *restorer) restore(t int32) error {
	if s.outputs[t] {
		return s.refuse(plan.PlaceTensor(s.p.Model, s.index, t), "a %v output of the subgraph", s.sg.Tensors[t].Type)
	}
	taken := false
	for _, u := range s.readers[t] {
		if s.widens[u.Operator] {
			continue
		}
		if !taken {
			if err := s.take(t, u); err != nil {
				return err
			}
			taken = true
		}
		if err := s.follow(u, t, t); err != nil {
			return err
		}
	}
	return nil
}

func (s *restorer) refuse(place, form string, args ...any) error {
	return plan.ModelError(place, "%s cannot become float32: want a model of which weights alone are quantized", fmt.Sprintf(form, args...))
}

// take plans the format of a constant, or of what a DEQUANTIZE makes of it.
func (s *restorer) take(t int32, u plan.Use) error {
	from := s.p.Stored(s.index, t)
	place := plan.PlaceInput(s.p.Model, s.index, u, from)
	n, ok := plan.Elements(s.sg.Tensors[from].Shape)
	source := s.p.SourceOf(s.index, t)
	if !ok || n > plan.MaxElements || s.sg.Tensors[from].Sparsity != nil || uint64(len(source.Data)) != encode.SourceLen(source.Type, n) {
		return s.refuse(place, "a constant that is sparse, or whose data do not fit its shape,")
	}
	f, why := s.format(from, int(n))
	if why != "" {
		return plan.ModelError(place, "%s", why)
	}
	s.plan.Tensors[t] = plan.Tensor{Format: f, Reason: plan.Constant, Operator: u.Operator, Input: u.Input, Elements: n, Scales: -1, Repair: -1, Rule: -1}
	s.becomes[t] = true
	return nil
}

// follow has an operator compute with float32, and those that read integers which it
// gives. t is what it reads; table is the constant from which that comes.
func (s *restorer) follow(u plan.Use, t, table int32) error {
	op := s.sg.Operators[u.Operator]
	code := tflite.BuiltinCode(s.p.Model.OperatorCodes[op.OpcodeIndex])
	place := plan.PlaceInput(s.p.Model, s.index, u, t)
	if len(op.Outputs) == 0 || op.Outputs[0] < 0 {
		return s.refuse(place, "what %v reads", code)
	}
	out := op.Outputs[0]
	if slices.Contains(ruleOf(code).weights, u.Input) && s.sg.Tensors[out].Type == tflite.TensorTypeFLOAT32 {
		return nil
	}
	if passed(code) != u.Input || len(op.Outputs) != 1 || s.sg.Tensors[out].Type != s.sg.Tensors[t].Type || s.outputs[out] {
		return s.refuse(place, "what %v reads, which computes with %v,", code, s.sg.Tensors[t].Type)
	}
	return s.pass(u.Operator, t, out, table)
}

// pass has an operator give float32: its output itself, or what the one DEQUANTIZE makes
// that reads its output.
func (s *restorer) pass(op, t, out, table int32) error {
	if readers := s.readers[out]; len(readers) == 1 && s.isDequantize(readers[0].Operator) {
		s.plan.Bypassed = append(s.plan.Bypassed, plan.Bypass{Dequantize: readers[0].Operator, Operator: op})
		return nil
	}
	s.plan.Tensors[out] = plan.Tensor{Reason: plan.LookedUp, Operator: op, Scales: -1, Repair: -1, Rule: -1}
	s.plan.Lookups = append(s.plan.Lookups, plan.Lookup{Operator: op, Tensor: t, Output: out, Table: table})
	for _, u := range s.readers[out] {
		if err := s.follow(u, out, table); err != nil {
			return err
		}
	}
	return nil
}

func (s *restorer) isDequantize(i int32) bool {
	op := s.sg.Operators[i]
	return tflite.BuiltinCode(s.p.Model.OperatorCodes[op.OpcodeIndex]) == tflite.BuiltinOperatorDEQUANTIZE && len(op.Inputs) == 1 && len(op.Outputs) == 1 && op.Outputs[0] >= 0
}

// setOptions has operators that read float32 no longer quantize their inputs with a zero
// point, and notes the codes of those that still read integers.
func (s *restorer) setOptions() {
	for i, op := range s.sg.Operators {
		code := tflite.BuiltinCode(s.p.Model.OperatorCodes[op.OpcodeIndex])
		changes := false
		for _, input := range ruleOf(code).weights {
			if int(input) >= len(op.Inputs) || op.Inputs[input] < 0 {
				continue
			}
			t := op.Inputs[input]
			changes = changes || s.becomes[t]
			if !s.becomes[t] && s.sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 && s.plan.Tensors[t].Reason != plan.LookedUp || s.sg.Tensors[t].Sparsity != nil {
				s.integers[op.OpcodeIndex] = true
			}
		}
		if !changes || !plan.HasAsymmetricInputs(op.BuiltinOptions) {
			continue
		}
		if options, ok := plan.WithAsymmetricInputs(code, op.BuiltinOptions, false); ok {
			s.plan.Options = append(s.plan.Options, plan.OptionsEdit{Operator: int32(i), Options: options})
		}
	}
}

// setVersions gives operator codes the version that float32 needs, where all of their
// operators have it and theirs is higher.
func setVersions(p *plan.Plan, integers []bool) {
	needs := make([]int32, len(p.Model.OperatorCodes))
	for _, sg := range p.Model.Subgraphs {
		for _, op := range sg.Operators {
			if version := ruleOf(tflite.BuiltinCode(p.Model.OperatorCodes[op.OpcodeIndex])).version; version != nil {
				needs[op.OpcodeIndex] = max(needs[op.OpcodeIndex], version(sg, op))
			}
		}
	}
	for i, need := range needs {
		if need > 0 && !integers[i] {
			p.Versions[i] = min(p.Versions[i], need)
		}
	}
}
