package report

import (
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
)

// A Plan is what would happen to every tensor of a model.
type Plan struct {
	Version int    `json:"version"` // see Version
	Model   string `json:"model"`   // the path of its file
	// Member is the model's name in the bundle that Model is the path of.
	Member string `json:"member,omitempty"`
	// Sizes are those of the model's file and of the one that would be made.
	Sizes *Sizes `json:"sizes,omitempty"`
	// Unchanged says why the output would be the model as it was, where it would be.
	Unchanged string `json:"unchanged,omitempty"`
	Summary
	Subgraphs []Subgraph `json:"subgraphs"` // in the order of the model
}

// A Subgraph is one of the model's.
type Subgraph struct {
	Name      string     `json:"name"`      // in the model
	Tensors   []Tensor   `json:"tensors"`   // in the order of the model
	Operators []Operator `json:"operators"` // in the order of the model
}

// Sizes are bytes of a file before and after.
type Sizes struct {
	Before int64 `json:"before"` // of the model's file
	After  int64 `json:"after"`  // of the file that would be made
}

// A Tensor is what happens to one tensor of the model.
type Tensor struct {
	Index  int     `json:"index"`  // in the subgraph
	Name   string  `json:"name"`   // in the model
	Type   string  `json:"type"`   // in the model
	Shape  []int32 `json:"shape"`  // in the model
	Bytes  int     `json:"bytes"`  // of its data in the model; 0 for activations
	Action string  `json:"action"` // as of Group
	Reason string  `json:"reason"` // as of Group
	Why    string  `json:"why"`    // action and reason in a sentence
	// Format is the new one, nil where the data stay.
	Format *Format `json:"format,omitempty"`
	// QuantizedDimension is the one that has a scale for each index, where there is one.
	QuantizedDimension *int32 `json:"quantized_dimension,omitempty"`
	// Readers are the inputs of operators that read a constant, the first maxListed.
	Readers []Use `json:"readers,omitempty"`
	// Error is nil where it was not measured.
	Error *Error `json:"error,omitempty"`
	// Choice is why the tensor has the bits that it has, where there was a choice.
	Choice *Choice `json:"choice,omitempty"`

	changed bool
	encoded int // the index into plan.Plan.Encoded, -1 for none
}

// A Format is how values are stored anew.
type Format struct {
	Type      string `json:"type"`                 // such as INT8
	Scales    string `json:"scales"`               // what has one: "per tensor", "no scale" ...
	Count     int    `json:"count"`                // of scales
	BlockSize int32  `json:"block_size,omitempty"` // in values, for scales per block
	Bytes     int64  `json:"bytes"`                // of values and scales
	// Copied tells that the old data stay as well.
	Copied bool `json:"copied,omitempty"`
}

// A Use is an input of an operator.
type Use struct {
	Operator int `json:"operator"` // its index in the subgraph
	Input    int `json:"input"`    // its position among the inputs
	// Dequantized tells that a DEQUANTIZE that is added gives the input float32 values.
	Dequantized bool `json:"dequantized"`
}

// An Error is how far new values are from the old ones. Numbers that are not finite are
// absent: there is no ratio where values are exact.
type Error struct {
	Max *float64 `json:"max,omitempty"`    // the largest absolute difference
	SNR *float64 `json:"snr_db,omitempty"` // signal to noise, in decibels
}

// Changed tells that the tensor does not stay as it is.
func (t *Tensor) Changed() bool { return t.changed }

// An Operator is what one operator of the model computes in.
type Operator struct {
	Index    int          `json:"index"`    // in the subgraph
	Operator string       `json:"operator"` // see OperatorName
	Computes plan.Compute `json:"computes"` // such as "hybrid" or "float32 after DEQUANTIZE"
}

// OfPlan describes a plan. path is that of the model's file.
func OfPlan(path string, p *plan.Plan) *Plan {
	out := &Plan{Version: Version, Model: path, Summary: Summarize(p), Subgraphs: []Subgraph{}}
	operators := codeNames(p.Model)
	for i := range p.Subgraphs {
		out.Subgraphs = append(out.Subgraphs, subgraphOf(p, i, operators))
	}
	return out
}

// SetFile takes over what a report says of the whole file.
func (p *Plan) SetFile(r *Report) {
	p.Member, p.Summary, p.Unchanged = r.Member, r.Summary, r.Unchanged
	p.Sizes = &Sizes{r.Input.Bytes, r.Output.Bytes}
}

// SetErrors adds what loss.Of measured of the same plan.
func (p *Plan) SetErrors(losses []*loss.Loss) {
	for i := range p.Subgraphs {
		for k := range p.Subgraphs[i].Tensors {
			t := &p.Subgraphs[i].Tensors[k]
			if t.encoded >= 0 && losses[t.encoded] != nil {
				l := losses[t.encoded]
				t.Error = &Error{finite(l.Max), finite(l.Decibels())}
			}
		}
	}
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func subgraphOf(p *plan.Plan, i int, operators []string) Subgraph {
	sg := p.Model.Subgraphs[i]
	out := Subgraph{sg.Name, []Tensor{}, []Operator{}}
	words, uses := NewExplainer(p, i), usesOf(p, i)
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
			Readers: uses[k],
			changed: planned.Changed(),
			encoded: -1,
			Choice:  newChoice(words.choices[int32(k)]),
		}
		if planned.Format != nil {
			row.encoded, row.Format = int(planned.Encoded), formatOf(p, planned)
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

func formatOf(p *plan.Plan, t *plan.Tensor) *Format {
	e, g := &p.Encoded[t.Encoded], t.Format.Granularity()
	f := &Format{Type: t.Format.Type().String(), Scales: g.Scope.String(), BlockSize: g.BlockSize, Copied: e.Copied()}
	f.Bytes = int64(e.Encoding.Len()) + int64(e.Encoding.ScalesLen())
	switch shape := p.Model.Subgraphs[e.Subgraph].Tensors[e.Tensor].Shape; g.Scope {
	case encode.PerTensor:
		f.Count = 1
	case encode.PerChannel:
		f.Count = int(shape[g.Axis])
	case encode.PerBlock:
		f.Count = e.Encoding.Values() / int(g.BlockSize)
	}
	return f
}

// usesOf returns the readers of each constant of a subgraph.
func usesOf(p *plan.Plan, i int) [][]Use {
	dequantized := map[plan.Use]bool{}
	for _, d := range p.Subgraphs[i].Dequantize {
		for _, u := range d.Readers {
			dequantized[u] = true
		}
	}
	sg := p.Model.Subgraphs[i]
	out := make([][]Use, len(sg.Tensors))
	for k, op := range sg.Operators {
		for input, t := range op.Inputs {
			if t >= 0 && len(out[t]) < maxListed && len(p.Data(i, t)) > 0 {
				out[t] = append(out[t], Use{k, input, dequantized[plan.Use{Operator: int32(k), Input: int32(input)}]})
			}
		}
	}
	return out
}
