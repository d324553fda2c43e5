package repair

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Subgraph is what Keep has to know of one: found out once, since it is asked for
// every constant.
type Subgraph struct {
	plan    *plan.Plan
	index   int
	inputs  map[int32]bool
	outputs map[int32]bool
	// biasOf has, by tensor, the weights of the operators whose bias the tensor is.
	biasOf map[int32][]int32
}

// NewSubgraph prepares a subgraph of a plan for Keep.
func NewSubgraph(p *plan.Plan, index int) *Subgraph {
	sg := p.Model.Subgraphs[index]
	g := &Subgraph{p, index, map[int32]bool{}, map[int32]bool{}, map[int32][]int32{}}
	for _, t := range sg.Inputs {
		g.inputs[t] = true
	}
	for _, t := range sg.Outputs {
		g.outputs[t] = true
	}
	for _, op := range sg.Operators {
		if w, b, ok := biasOf(op, tflite.BuiltinCode(p.Model.OperatorCodes[op.OpcodeIndex])); ok {
			g.biasOf[b] = append(g.biasOf[b], w)
		}
	}
	return g
}

// typeOf is the type that a tensor has by the plan so far.
func (g *Subgraph) typeOf(t int32) tflite.TensorType {
	if f := g.plan.Subgraphs[g.index].Tensors[t].Format; f != nil {
		return f.Type()
	}
	return g.plan.Model.Subgraphs[g.index].Tensors[t].Type
}

// A candidate is a constant that is to get a format.
type candidate struct {
	*Subgraph
	tensor int32
	format encode.Format
}

func (c *candidate) source() encode.Source { return c.plan.SourceOf(c.index, c.tensor) }
