package mlir

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A group is the uses of a constant that want the same format: they share one tensor.
type group struct {
	of     int32 // the tensor of the model
	format encode.Format
	uses   []use
	copied bool // the tensor is one that is added
}

// choose makes groups of the uses, and plans the formats of tensors that nobody needs
// as they are. All other formats get copies.
func (s *subgraphPlanner) choose() []group {
	var groups []group
	for t, uses := range s.uses {
		if len(uses) == 0 {
			continue
		}
		first := len(groups)
		for _, u := range uses {
			i := slices.IndexFunc(groups[first:], func(g group) bool { return g.format == u.format })
			if i < 0 {
				i = len(groups) - first
				groups = append(groups, group{int32(t), u.format, nil, true})
			}
			groups[first+i].uses = append(groups[first+i].uses, u)
		}
		if len(uses) < len(s.readers[t]) || len(s.outputs[t]) > 0 {
			s.plan.Tensors[t].Reason = plan.BesideCopies
			continue
		}
		groups[first].copied = false
		s.plan.Tensors[t] = s.planned(&groups[first])
	}
	return groups
}

// planned is what is said of the tensor of a group.
func (s *subgraphPlanner) planned(g *group) plan.Tensor {
	u := &g.uses[0]
	t := plan.Tensor{Format: g.format, Reason: plan.Weight, Operator: u.Operator, Input: u.Input, Elements: u.elements, Scales: -1, Repair: -1, Rule: -1}
	if g.format.Type() == tflite.TensorTypeFLOAT16 {
		t.Reason = plan.Constant
	}
	if s.ruled.Format(g.of) != "" {
		t.Rule = s.ruled[g.of].Rule
	}
	return t
}

// handle has the operators of a group read its tensor, as it is or after a DEQUANTIZE.
func (s *subgraphPlanner) handle(g group) {
	var direct, others []plan.Use
	for i := range g.uses {
		u := &g.uses[i]
		if !u.direct {
			others = append(others, u.Use)
			continue
		}
		direct = append(direct, u.Use)
		if version := s.rule(u.Operator).Version; version != nil {
			s.raise(u.op, version(u))
		}
	}
	passed := s.passed(&g, others)
	if len(passed) > 0 {
		direct, others = append(direct, others...), nil
	}
	table := g.of
	if g.copied {
		table = s.rewrite.Copy(plan.Copy{Tensor: s.planned(&g), Of: g.of, Readers: direct}, "_"+g.format.Type().String())
	}
	if len(others) > 0 {
		s.dequantize(&g, table, others, nil)
	}
	t := table
	for i, op := range passed {
		out := s.sg.Operators[op].Outputs[0]
		s.rewrite.PassThrough(plan.Lookup{Operator: op, Tensor: t, Output: out, Table: table})
		s.raise(s.sg.Operators[op], scaleKeepers[s.code(op)])
		if t = out; i == len(passed)-1 && len(s.readers[out])+len(s.outputs[out]) > 0 {
			s.dequantize(&g, t, s.readers[out], s.outputs[out])
		}
	}
}

// dequantize adds a DEQUANTIZE of t, the tensor of a group or what was looked up in it.
func (s *subgraphPlanner) dequantize(g *group, t int32, readers []plan.Use, entries []int32) {
	s.rewrite.Dequantize(plan.Dequantize{Tensor: t, Origin: g.of, Readers: readers, GraphOutputs: entries})
}

// passed returns the operators that the DEQUANTIZE of a group goes behind: as long as
// one operator alone reads it that keeps scales and has less output than input.
func (s *subgraphPlanner) passed(g *group, readers []plan.Use) []int32 {
	var passed []int32
	t, entries := g.of, 0
	for len(readers) == 1 && entries == 0 && g.format.Type() == tflite.TensorTypeINT8 {
		op := readers[0].Operator
		out, ok := s.passes(op, t)
		if !ok {
			break
		}
		passed = append(passed, op)
		t, readers, entries = out, s.readers[out], len(s.outputs[out])
	}
	return passed
}

func (s *subgraphPlanner) code(op int32) tflite.BuiltinOperator {
	return tflite.BuiltinCode(s.p.Model.OperatorCodes[s.sg.Operators[op].OpcodeIndex])
}

// passes returns the output of an operator that can compute on int8 values of t in
// place of float32, and makes fewer of them.
func (s *subgraphPlanner) passes(i, t int32) (out int32, ok bool) {
	op := s.sg.Operators[i]
	if _, ok := scaleKeepers[s.code(i)]; !ok || len(op.Outputs) != 1 || op.Outputs[0] < 0 {
		return 0, false
	}
	out = op.Outputs[0]
	return out, knownElements(s.sg.Tensors[t]) > knownElements(s.sg.Tensors[out])
}

// knownElements is the product of the dimensions that are known.
func knownElements(t *tflite.TensorT) int64 {
	shape := t.Shape
	if len(t.ShapeSignature) > 0 {
		shape = t.ShapeSignature
	}
	n := int64(1)
	for _, d := range shape {
		if d >= 0 {
			n *= int64(d)
		}
	}
	return n
}

// scaleKeepers are operators that read values of one scale and whose int8 outputs have
// it too, with the version that takes int8. CONCATENATION, PACK, MAXIMUM and MINIMUM are
// not among them, although upstream passes them: their other inputs stay float32, and
// no runtime takes the mixture.
var scaleKeepers = map[tflite.BuiltinOperator]int32{
	tflite.BuiltinOperatorGATHER:                  2,
	tflite.BuiltinOperatorGATHER_ND:               1,
	tflite.BuiltinOperatorSLICE:                   2,
	tflite.BuiltinOperatorSTRIDED_SLICE:           2,
	tflite.BuiltinOperatorSPLIT:                   2,
	tflite.BuiltinOperatorSPLIT_V:                 2,
	tflite.BuiltinOperatorRESHAPE:                 1,
	tflite.BuiltinOperatorSQUEEZE:                 1,
	tflite.BuiltinOperatorEXPAND_DIMS:             1,
	tflite.BuiltinOperatorTRANSPOSE:               2,
	tflite.BuiltinOperatorTILE:                    3,
	tflite.BuiltinOperatorBROADCAST_TO:            3,
	tflite.BuiltinOperatorPAD:                     2,
	tflite.BuiltinOperatorMIRROR_PAD:              2,
	tflite.BuiltinOperatorMAX_POOL_2D:             2,
	tflite.BuiltinOperatorAVERAGE_POOL_2D:         2,
	tflite.BuiltinOperatorREDUCE_MAX:              2,
	tflite.BuiltinOperatorREDUCE_MIN:              2,
	tflite.BuiltinOperatorRESIZE_BILINEAR:         2,
	tflite.BuiltinOperatorRESIZE_NEAREST_NEIGHBOR: 2,
	tflite.BuiltinOperatorSPACE_TO_DEPTH:          2,
	tflite.BuiltinOperatorDEPTH_TO_SPACE:          2,
	tflite.BuiltinOperatorSPACE_TO_BATCH_ND:       2,
	tflite.BuiltinOperatorBATCH_TO_SPACE_ND:       2,
}
