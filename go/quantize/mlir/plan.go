package mlir

import (
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
	p.Label = float16Name
	if !o.Float16 {
		p.Label = int8Name
		p.MinElements = o.least()
	}
	p.KeepAppended = o.Repairs.Has(repair.AppendedFiles)
	matcher, err := p.MatchRules(o.Rules, int8Name)
	if err != nil {
		return nil, err
	}
	repairs := o.repairs()
	rules := o.rules(m)
	for i, sg := range m.Subgraphs {
		s := subgraphPlanner{Options: &o, p: p, index: i, sg: sg, plan: &p.Subgraphs[i], rules: rules,
			keeper: repair.Keeper{Set: repairs, Kept: kept, Plan: p, Subgraph: i}}
		if err := s.do(matcher); err != nil {
			return nil, err
		}
	}
	matcher.Finish()
	p.FollowOutputs()
	repairs.Mend(p)
	return p, o.finish(p)
}

// finish gives DEQUANTIZE a version that all of its operators need at least.
func (o *Options) finish(p *plan.Plan) error {
	version := dequantizeVersion(p)
	if err := p.Finish(version); err != nil {
		return err
	}
	if code := p.DequantizeCode; code >= 0 && int(code) < len(p.Versions) {
		p.Versions[code] = max(p.Versions[code], version)
	}
	if o.SetMinRuntimeVersion {
		p.SetMinRuntimeVersion()
	}
	return nil
}

// A subgraphPlanner plans one subgraph.
type subgraphPlanner struct {
	*Options
	p       *plan.Plan
	index   int // of the subgraph
	sg      *tflite.SubGraphT
	plan    *plan.Subgraph
	rules   []*OperatorRule // by operator code
	keeper  repair.Keeper
	rewrite *plan.Rewrite
	readers [][]plan.Use // of every tensor, in operator order
	outputs [][]int32    // of every tensor, the entries of the subgraph's outputs
	ruled   plan.Rulings // of the options' rules
	uses    [][]use      // by tensor, those that are quantized
}

func (s *subgraphPlanner) do(matcher *plan.RuleMatcher) error {
	s.connect()
	s.ruled = matcher.Subgraph(s.index, func(op int32) []int32 { return s.rule(op).Weights })
	if err := s.collect(); err != nil {
		return err
	}
	groups := s.choose()
	s.rewrite = s.p.NewRewrite(s.index)
	for _, g := range groups {
		s.handle(g)
	}
	s.rewrite.Finish()
	s.p.ExplainRest(s.index, func(op int32) bool { return len(s.rule(op).Weights) > 0 })
	return s.setAsymmetric()
}

// connect finds out who reads what.
func (s *subgraphPlanner) connect() {
	s.readers, s.outputs = make([][]plan.Use, len(s.sg.Tensors)), make([][]int32, len(s.sg.Tensors))
	for i, op := range s.sg.Operators {
		for input, t := range op.Inputs {
			if t >= 0 {
				s.readers[t] = append(s.readers[t], plan.Use{Operator: int32(i), Input: int32(input)})
			}
		}
	}
	for i, t := range s.sg.Outputs {
		if t >= 0 {
			s.outputs[t] = append(s.outputs[t], int32(i))
		}
	}
}

func (s *subgraphPlanner) rule(op int32) *OperatorRule {
	return s.rules[s.sg.Operators[op].OpcodeIndex]
}
