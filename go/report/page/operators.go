package page

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// The most of an operator's inputs that are listed.
const (
	maxFrom      = 16
	maxConstants = 8
)

// addOperators lists the operators of the last model.
func (d *Data) addOperators(in *Input) {
	rows := map[place]int{}
	for i := range d.Tensors {
		for _, p := range []*place{d.Tensors[i].before, d.Tensors[i].after} {
			if p != nil {
				rows[*p] = i
			}
		}
	}
	last := in.Before.Model
	if in.After != nil {
		last = in.After.Model
	}
	for i, sg := range last.Subgraphs {
		room := max(0, maxOperators-len(d.Operators))
		d.left.Operators += max(0, len(sg.Operators)-room)
		g := graph{m: last, subgraph: i, rows: rows, computes: report.ComputesIn(last, i), producers: producers(sg)}
		if in.After != nil && i < len(in.Before.Model.Subgraphs) {
			g.origin = match(in.Before.Model.Subgraphs[i], sg)
		}
		for k := range sg.Operators[:min(len(sg.Operators), room)] {
			d.Operators = append(d.Operators, g.operator(k))
		}
	}
}

// A graph is a subgraph whose operators are listed.
type graph struct {
	m         *tflite.ModelT
	subgraph  int
	rows      map[place]int // of Data.Tensors
	computes  []string
	producers []int
	origin    []int // by tensor, see match; nil where there is no other model
}

// producers returns, for each tensor, the operator that computes it, -1 for none.
func producers(sg *tflite.SubGraphT) []int {
	out := slices.Repeat([]int{-1}, len(sg.Tensors))
	for k, op := range sg.Operators {
		for _, t := range op.Outputs {
			if t >= 0 {
				out[t] = k
			}
		}
	}
	return out
}

func (g *graph) operator(k int) Operator {
	sg := g.m.Subgraphs[g.subgraph]
	op := sg.Operators[k]
	out := Operator{Subgraph: g.subgraph, Index: k, Operator: text.Printable(report.OperatorName(g.m.OperatorCodes[op.OpcodeIndex])), Computes: g.computes[k]}
	if len(op.Outputs) > 0 && op.Outputs[0] >= 0 {
		t := op.Outputs[0]
		out.Output = text.Name(sg.Tensors[t].Name, report.MaxName)
		out.Added = g.origin != nil && g.origin[t] < 0
	}
	for _, t := range op.Inputs {
		if t < 0 {
			continue
		}
		if from := g.producers[t]; from >= 0 && len(out.From) < maxFrom {
			out.From = append(out.From, from)
		}
		row, listed := g.rows[place{g.m, g.subgraph, int(t)}]
		if listed && len(out.Constants) < maxConstants && len(g.m.Buffers[sg.Tensors[t].Buffer].Data) > 0 {
			out.Constants = append(out.Constants, row)
		}
	}
	slices.Sort(out.From)
	out.From = slices.Compact(out.From)
	return out
}
