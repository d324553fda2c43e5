package litert

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A group is the readers of a constant that want it in the same format: they share one
// tensor.
type group struct {
	of      int32
	wants   []want
	outputs bool // outputs of the subgraph are among the readers
	tensor  int32
	copy    int // the index into plan.Subgraph.Copies, -1 for the tensor of the model
}

func (g *group) format() encode.Format {
	if len(g.wants) == 0 {
		return nil
	}
	return g.wants[0].format
}

// choose makes the groups of every constant that is quantized, and plans the formats of
// tensors of the model.
func (s *subgraphPlanner) choose() [][]group {
	groups := make([][]group, len(s.sg.Tensors))
	for t, wants := range s.wants {
		if slices.ContainsFunc(wants, func(w want) bool { return w.format != nil }) {
			groups[t] = s.groupsOf(int32(t), wants)
		}
	}
	for t := range groups {
		for i := range groups[t] {
			if g := &groups[t][i]; g.copy < 0 && g.format() != nil {
				s.plan.Tensors[t] = s.planned(g, g.format())
			}
		}
	}
	return groups
}

// groupsOf groups the readers of a constant. One group keeps the tensor of the model:
// that of the subgraph's outputs, or else the last one.
func (s *subgraphPlanner) groupsOf(t int32, wants []want) []group {
	var groups []group
	of := func(f encode.Format) *group {
		i := slices.IndexFunc(groups, func(g group) bool { return g.format() == f })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{of: t, tensor: t})
		}
		return &groups[i]
	}
	for _, w := range wants {
		g := of(w.format)
		g.wants = append(g.wants, w)
	}
	keeps := len(groups) - 1
	if s.outputs[t] {
		g := of(nil)
		g.outputs = true
		keeps = slices.IndexFunc(groups, func(g group) bool { return g.outputs })
	}
	for i := range groups {
		if groups[i].copy = -1; i != keeps {
			groups[i].copy = 0 // until it is made
		}
	}
	if groups[keeps].format() == nil {
		s.plan.Tensors[t].Reason = plan.BesideCopies
	}
	return groups
}

// planned is what is said of the tensor of a group.
func (s *subgraphPlanner) planned(g *group, f encode.Format) plan.Tensor {
	w := &g.wants[0]
	p := plan.Tensor{Format: f, Reason: plan.Weight, Operator: w.Operator, Input: w.Input, Elements: w.elements, Scales: -1, Repair: -1, Rule: -1}
	if !s.operation(w.Operator).isWeights(w.Input) || w.format == nil {
		p.Reason = plan.Constant
	}
	return p
}

// handle makes the tensors of a constant's groups: first all copies, then what each
// group needs beside its tensor.
func (s *subgraphPlanner) handle(t int32, groups []group) {
	for i := range groups {
		if groups[i].copy >= 0 {
			s.copy(&groups[i])
		}
	}
	for i := range groups {
		if g := &groups[i]; g.format() != nil {
			s.passThrough(g)
			s.dequantize(g)
			s.addScales(g)
		}
	}
}

// copy adds the tensor of a group.
func (s *subgraphPlanner) copy(g *group) {
	f := g.format()
	if f == nil {
		f = encode.Float32{}
	}
	var direct []plan.Use
	for _, w := range g.wants {
		if w.direct || w.format == nil {
			direct = append(direct, w.Use)
		}
	}
	g.copy = len(s.plan.Copies)
	defer s.plain()
	g.tensor = s.rewrite.Copy(plan.Copy{Tensor: s.planned(g, f), Of: g.of, Readers: direct}, fmt.Sprintf("_duplicated_%d", s.rewrite.Next()))
}

// plain takes off the tensor that was added last what says that dimensions may vary,
// which those of a constant do not.
func (s *subgraphPlanner) plain() {
	t := s.plan.Added[len(s.plan.Added)-1]
	t.HasRank, t.ShapeSignature = false, nil
}

// runtime is what computes with integers as recipes of LiteRT mean them. Operators keep
// their versions, as in litert-quantizer's files, so that older runtimes take them for
// what they know, and some compute garbage.
const runtime = "LiteRT 2.3 or newer"

// dequantize has the readers that want float32 read the output of a DEQUANTIZE.
func (s *subgraphPlanner) dequantize(g *group) {
	var others []plan.Use
	for _, w := range g.wants {
		switch {
		case !w.direct:
			others = append(others, w.Use)
		case s.operation(w.Operator).usual == nil:
			s.p.Runtime = runtime
		}
	}
	if len(others) > 0 {
		s.p.UseDequantize(dequantizeVersion)
		s.rewrite.Dequantize(plan.Dequantize{Tensor: g.tensor, Origin: g.of, Readers: others})
		s.plain()
	}
}

// addScales adds the tensor for scales of blocks.
func (s *subgraphPlanner) addScales(g *group) {
	f := encode.NearestOf(g.format())
	if r, ok := f.(encode.Rotated); ok {
		f = r.Of
	}
	b, ok := f.(encode.Blocks)
	if !ok {
		return
	}
	from, planned := s.sg.Tensors[g.of], &s.plan.Tensors[g.of]
	name := from.Name
	if g.copy >= 0 {
		planned = &s.plan.Copies[g.copy].Tensor
		name = s.plan.Added[int(g.tensor)-len(s.sg.Tensors)].Name
	}
	if len(from.Shape) < 2 {
		return // which the format does not fit
	}
	planned.Scales = s.rewrite.AddTensor(&tflite.TensorT{Name: name + "_scales", Shape: b.ScalesShape(from.Shape), Type: tflite.TensorTypeFLOAT16})
}
