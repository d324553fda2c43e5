package report

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
)

// A Plan is what would happen to every tensor of a model.
type Plan struct {
	Model string `json:"model"` // the path of its file
	// Member is the model's name in the bundle that Model is the path of.
	Member string `json:"member,omitempty"`
	Summary
	Subgraphs []Subgraph `json:"subgraphs"`
}

// A Subgraph is one of the model's.
type Subgraph struct {
	Name      string     `json:"name"`
	Tensors   []Tensor   `json:"tensors"`
	Operators []Operator `json:"operators"`
}

// A Tensor is what happens to one tensor of the model.
type Tensor struct {
	Index  int     `json:"index"`
	Name   string  `json:"name"`
	Type   string  `json:"type"` // in the model
	Shape  []int32 `json:"shape"`
	Bytes  int     `json:"bytes"` // of its data in the model; 0 for activations
	Action string  `json:"action"`
	Reason string  `json:"reason"`
	Why    string  `json:"why"` // action and reason in a sentence
	// QuantizedDimension is the one that has a scale for each index, where there is one.
	QuantizedDimension *int32 `json:"quantized_dimension,omitempty"`

	changed bool
}

// Changed tells that the tensor does not stay as it is.
func (t *Tensor) Changed() bool { return t.changed }

// An Operator is what one operator of the model computes in.
type Operator struct {
	Index    int          `json:"index"`
	Operator string       `json:"operator"` // see OperatorName
	Computes plan.Compute `json:"computes"`
}

// OfPlan describes a plan. path is that of the model's file.
func OfPlan(path string, p *plan.Plan) *Plan {
	out := &Plan{Model: path, Summary: Summarize(p), Subgraphs: []Subgraph{}}
	operators := codeNames(p.Model)
	for i := range p.Subgraphs {
		out.Subgraphs = append(out.Subgraphs, subgraphOf(p, i, operators))
	}
	return out
}

func subgraphOf(p *plan.Plan, i int, operators []string) Subgraph {
	sg := p.Model.Subgraphs[i]
	out := Subgraph{sg.Name, []Tensor{}, []Operator{}}
	words := NewExplainer(p, i)
	for k, t := range sg.Tensors {
		planned := &p.Subgraphs[i].Tensors[k]
		row := Tensor{
			Index:   k,
			Name:    t.Name,
			Type:    t.Type.String(),
			Shape:   append([]int32{}, t.Shape...),
			Bytes:   len(p.Data(i, int32(k))),
			Action:  actionName(planned),
			Reason:  reasonName(planned.Reason),
			Why:     words.Explain(k),
			changed: planned.Changed(),
		}
		if planned.Format != nil {
			if g := planned.Format.Granularity(); g.Scope == encode.PerChannel || g.Scope == encode.PerBlock {
				row.QuantizedDimension = &g.Axis
			}
		}
		out.Tensors = append(out.Tensors, row)
	}
	for k, c := range p.Computes(i) {
		out.Operators = append(out.Operators, Operator{k, operators[sg.Operators[k].OpcodeIndex], c})
	}
	return out
}
