package litert

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Plan decides what to do with a model. The error, a *plan.Error, names the option
// that is wrong or the place of the model that is against it: an index out of range,
// an impossible shape, data that do not fit a shape.
func (o Options) Plan(m *tflite.ModelT) (*plan.Plan, error) { return o.PlanKeeping(m, nil) }

// PlanKeeping is Plan, with constants that stay as they are because of their values.
func (o Options) PlanKeeping(m *tflite.ModelT, kept repair.Kept) (*plan.Plan, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	p, err := o.Repairs.New(m)
	if err != nil {
		return nil, err
	}
	p.Label, p.Choices = o.label(), o.Choices
	p.DequantizedName = "_dequant"
	p.KeepAppended = o.Repairs.Has(repair.AppendedFiles)
	matcher, err := p.MatchRules(o.Rules)
	if err != nil {
		return nil, err
	}
	repairs := o.repairs()
	work := planner{Options: &o, p: p, operations: o.operations(m), chooser: o.chooser(), turns: turns(p, o.rotates()), matrixData: map[int32]int{}, choices: map[[2]int32]*plan.Choice{}}
	for i := range o.Choices {
		work.choices[[2]int32{o.Choices[i].Subgraph, o.Choices[i].Tensor}] = &o.Choices[i]
	}
	apart, loop := decompositions(m), loops(m)
	for i, sg := range m.Subgraphs {
		s := subgraphPlanner{planner: &work, index: i, sg: sg, plan: &p.Subgraphs[i], apart: apart[i], loop: loop[i],
			keeper: repair.Keeper{Set: repairs, Kept: kept, Plan: p, Subgraph: i}}
		if err := s.do(matcher); err != nil {
			return nil, err
		}
	}
	matcher.Finish()
	repairs.Mend(p)
	if err := p.Finish(dequantizeVersion); err != nil {
		return nil, err
	}
	if o.SetMinRuntimeVersion {
		p.SetMinRuntimeVersion()
	}
	return p, nil
}

// dequantizeVersion is that of the operator code of added DEQUANTIZE operators.
const dequantizeVersion = 1

// A planner plans a model.
type planner struct {
	*Options
	p          *plan.Plan
	operations []*operation // by operator code
	chooser    *chooser
	turns      [][]int32
	choices    map[[2]int32]*plan.Choice // by subgraph and tensor
	// productCodes are the operator codes of rotations, once there are any, and matrixData
	// the indices into plan.Plan.AddedData of their matrices by size.
	productCodes []uint32
	matrixData   map[int32]int
}

// A subgraphPlanner plans one subgraph.
type subgraphPlanner struct {
	*planner
	index   int // of the subgraph
	sg      *tflite.SubGraphT
	plan    *plan.Subgraph
	apart   bool // the subgraph stays as it is
	loop    bool // it is the body of a WHILE
	keeper  repair.Keeper
	rewrite *plan.Rewrite
	ruled   plan.Rulings
	wants   [][]want // by tensor, what its readers want, in operator order
	outputs []bool   // by tensor, whether it is an output of the subgraph
	// rotations are by the tensor that is rotated, in operator order, and matrices the
	// tensors of their matrices by size.
	rotations map[int32][]rotation
	matrices  map[int32]int32
}

func (s *subgraphPlanner) do(matcher *plan.RuleMatcher) error {
	s.ruled = matcher.Subgraph(s.index, s.weightsOf)
	if err := s.collect(); err != nil {
		return err
	}
	s.outputs = make([]bool, len(s.sg.Tensors))
	for _, t := range s.sg.Outputs {
		if t >= 0 {
			s.outputs[t] = true
		}
	}
	groups := s.choose()
	s.rewrite = s.p.NewRewrite(s.index)
	for _, t := range s.turns[s.index] {
		s.handle(t, groups[t])
		if s.rotations[t] != nil {
			s.rotate(t)
		}
	}
	s.rewrite.Finish()
	s.p.ExplainRest(s.index, func(op int32) bool { return s.operation(op).name != "" })
	return nil
}

func (s *subgraphPlanner) operation(op int32) *operation {
	return s.operations[s.sg.Operators[op].OpcodeIndex]
}

func (s *subgraphPlanner) weightsOf(op int32) []int32 {
	switch o := s.operation(op); {
	case o.usual != nil:
		return o.usual.Weights
	case o.name != "":
		return []int32{o.weights}
	}
	return nil
}

// decompositions returns which subgraphs are the meaning of a STABLEHLO_COMPOSITE, which
// stay as they are.
func decompositions(m *tflite.ModelT) []bool {
	out := make([]bool, len(m.Subgraphs))
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			if op.BuiltinOptions2 == nil {
				continue
			}
			o, ok := op.BuiltinOptions2.Value.(*tflite.StableHLOCompositeOptionsT)
			if ok && o.DecompositionSubgraphIndex >= 0 && int(o.DecompositionSubgraphIndex) < len(out) {
				out[o.DecompositionSubgraphIndex] = true
			}
		}
	}
	return out
}

// loops returns which subgraphs are bodies of a WHILE.
func loops(m *tflite.ModelT) []bool {
	out := make([]bool, len(m.Subgraphs))
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			if op.BuiltinOptions == nil {
				continue
			}
			o, ok := op.BuiltinOptions.Value.(*tflite.WhileOptionsT)
			if ok && o.BodySubgraphIndex >= 0 && int(o.BodySubgraphIndex) < len(out) {
				out[o.BodySubgraphIndex] = true
			}
		}
	}
	return out
}

// turns returns, by subgraph, the tensors in the order in which they are handled: by the
// first tensor of the model that has the same buffer, which litert-quantizer goes by. Those
// that are computed have a turn, one buffer for all, where computed is set.
func turns(p *plan.Plan, computed bool) [][]int32 {
	m := p.Model
	type at struct{ subgraph, tensor int32 }
	byBuffer := make([][]at, len(m.Buffers))
	var order []uint32
	for i, sg := range m.Subgraphs {
		for t := range sg.Tensors {
			b := sg.Tensors[p.Stored(i, int32(t))].Buffer
			if len(m.Buffers[b].Data) == 0 {
				if !computed {
					continue
				}
				b = 0 // as litert-quantizer reads it
			}
			if byBuffer[b] == nil {
				order = append(order, b)
			}
			byBuffer[b] = append(byBuffer[b], at{int32(i), int32(t)})
		}
	}
	out := make([][]int32, len(m.Subgraphs))
	for _, b := range order {
		for _, a := range byBuffer[b] {
			out[a.subgraph] = append(out[a.subgraph], a.tensor)
		}
	}
	return out
}

// repairs are those of the options that there is something to mend for.
func (o *Options) repairs() repair.Set { return o.Repairs.WithoutInherent() }

// Check says why a constant with such values cannot have a format: see repair.Set.
func (o Options) Check(f encode.Format, s repair.Stats) (name, why string, ok bool) {
	return o.repairs().Check(f, s)
}

// ChecksValues reports whether Check can say so of any.
func (o Options) ChecksValues() bool { return o.repairs().ChecksValues() }
