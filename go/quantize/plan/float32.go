package plan

import (
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// MaxElements is far above the values that a file can hold; sizes in bytes do not
// overflow below it.
const MaxElements = math.MaxInt >> 3

// NoteConstants gives the tensors of a subgraph that hold data their reasons to stay, as
// long as no operator has been looked at: NotWeight for float32, else NotFloat32.
func (p *Plan) NoteConstants(subgraph int) {
	tensors := p.Subgraphs[subgraph].Tensors
	for t := range tensors {
		if len(p.Data(subgraph, int32(t))) == 0 {
			continue
		}
		tensors[t].Reason = NotFloat32
		if p.Model.Subgraphs[subgraph].Tensors[t].Type == tflite.TensorTypeFLOAT32 {
			tensors[t].Reason = NotWeight
		}
	}
}

// Float32Constants returns which tensors of a subgraph are float32 constants, after
// NoteConstants. An input of the subgraph is none, nor a sparse tensor, nor what an
// operator computes, but for what is widened.
func (p *Plan) Float32Constants(subgraph int) []bool {
	sg := p.Model.Subgraphs[subgraph]
	constants := make([]bool, len(sg.Tensors))
	for t := range constants {
		constants[t] = p.Subgraphs[subgraph].Tensors[t].Reason == NotWeight && sg.Tensors[t].Sparsity == nil
	}
	for _, t := range sg.Inputs {
		if t >= 0 {
			constants[t] = false
		}
	}
	for _, op := range sg.Operators {
		for _, t := range op.Outputs {
			if t >= 0 {
				constants[t] = false
			}
		}
	}
	for _, w := range p.Subgraphs[subgraph].Widened {
		constants[w.Tensor] = p.Subgraphs[subgraph].Tensors[w.Tensor].Reason == NotWeight
	}
	return constants
}

// Stays says why a float32 constant stays as it is, where nothing is said yet.
func (p *Plan) Stays(subgraph int, u Use, t int32, why Reason, elements uint64) {
	planned := &p.Subgraphs[subgraph].Tensors[t]
	if planned.Reason == NotWeight {
		planned.Reason, planned.Operator, planned.Input, planned.Elements = why, u.Operator, u.Input, elements
	}
}

// CheckFloat32Data checks that a float32 constant has data for so many elements. Longer
// data are cut.
func (p *Plan) CheckFloat32Data(subgraph int, u Use, t int32, elements uint64) error {
	data := uint64(len(p.Data(subgraph, t)))
	if elements > MaxElements || data < encode.SourceLen(p.storedTensor(subgraph, t).Type, elements) {
		tensor := p.Model.Subgraphs[subgraph].Tensors[t]
		return ModelError(PlaceInput(p.Model, subgraph, u, t), "its buffer %d has %d bytes, its shape %v needs %d float32 values", tensor.Buffer, data, tensor.Shape, elements)
	}
	return nil
}
