package toco

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// The version of an operator code for DEQUANTIZE that is added.
const dequantizeVersion = 2

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
	p.Label = o.BufferType.String()
	p.KeepAppended = o.Repairs.Has(repair.AppendedFiles)
	if o.BufferType == Int8 {
		p.MinElements = o.least()
	}
	rules := o.rules(m)
	matcher, err := p.MatchRules(o.Rules, Int8.String())
	if err != nil {
		return nil, err
	}
	for i := range m.Subgraphs {
		if err := o.planSubgraph(p, i, rules, matcher, kept); err != nil {
			return nil, err
		}
	}
	matcher.Finish()
	if o.BufferType == Int8 || hasInt8(p) {
		o.setVersions(p, rules)
	}
	o.Repairs.Mend(p)
	if err := p.Finish(dequantizeVersion); err != nil {
		return nil, err
	}
	p.NoteSharedBuffers()
	if o.SetMinRuntimeVersion {
		p.SetMinRuntimeVersion()
	}
	if o.BufferType == Int8 {
		noteShortInputs(p, rules)
	}
	return p, nil
}

// setVersions sets the versions of all operator codes, of operators without
// quantized weights too.
func (o *Options) setVersions(p *plan.Plan, rules []OperatorRule) {
	for i := range rules {
		if v := rules[i].Versions[o.Scheme]; v != 0 {
			p.Versions[i] = v
		}
	}
}

// hasInt8 reports whether any tensor becomes int8.
func hasInt8(p *plan.Plan) bool {
	for i := range p.Subgraphs {
		for t := range p.Subgraphs[i].Tensors {
			if f := p.Subgraphs[i].Tensors[t].Format; f != nil && f.Type() == tflite.TensorTypeINT8 {
				return true
			}
		}
	}
	return false
}

// noteShortInputs notes operators with fewer inputs than they have positions
// for weights, where upstream reads on.
func noteShortInputs(p *plan.Plan, rules []OperatorRule) {
	for i, sg := range p.Model.Subgraphs {
		for j, op := range sg.Operators {
			if w := rules[op.OpcodeIndex].Weights; len(w) > 0 && int(slices.Max(w)) >= len(op.Inputs) {
				p.Undefined = append(p.Undefined, fmt.Sprintf("%s has %d inputs, weights are looked for up to input %d",
					plan.PlaceOperator(p.Model, i, int32(j)), len(op.Inputs), slices.Max(w)))
			}
		}
	}
}

// A subgraphPlanner plans one subgraph.
type subgraphPlanner struct {
	*Options
	p       *plan.Plan
	index   int // of the subgraph
	sg      *tflite.SubGraphT
	plan    *plan.Subgraph
	rules   []OperatorRule // by operator code
	rewrite *plan.Rewrite
	ruled   plan.Rulings // of the options' rules
	keeper  repair.Keeper
}

func (s *subgraphPlanner) rule(op int32) *OperatorRule {
	return &s.rules[s.sg.Operators[op].OpcodeIndex]
}

func (o *Options) planSubgraph(p *plan.Plan, index int, rules []OperatorRule, matcher *plan.RuleMatcher, kept repair.Kept) error {
	s := subgraphPlanner{Options: o, p: p, index: index, sg: p.Model.Subgraphs[index], plan: &p.Subgraphs[index], rules: rules,
		keeper: repair.Keeper{Set: o.Repairs, Kept: kept, Plan: p, Subgraph: index}}
	s.ruled = matcher.Subgraph(index, func(op int32) []int32 { return s.rule(op).Weights })
	if err := s.collect(); err != nil {
		return err
	}
	var order []int32
	if index < len(o.Order) {
		order = o.Order[index]
	}
	if err := s.setOrder(order); err != nil {
		return err
	}
	s.rewrite = p.NewRewrite(index)
	for _, t := range s.plan.Order {
		if err := s.handle(t); err != nil {
			return err
		}
	}
	s.rewrite.Finish()
	s.p.ExplainRest(s.index, func(op int32) bool { return len(s.rule(op).Weights) > 0 })
	return nil
}
