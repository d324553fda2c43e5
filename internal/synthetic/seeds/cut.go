package seeds

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// largestDim is what Cut leaves of a dimension.
const largestDim = 4

// Cut returns the first operators of every subgraph of a model, for a seed of a
// few kilobytes that is built like a real one: dimensions are at most 4, data
// are random, names are numbers.
func Cut(m *tflite.ModelT, operators int) *tflite.ModelT {
	c := cutter{
		r:       rand.New(rand.NewPCG(1, 2)),
		in:      m,
		out:     &tflite.ModelT{Version: m.Version, OperatorCodes: m.OperatorCodes, Buffers: []*tflite.BufferT{{}}},
		buffers: map[uint32]uint32{0: 0},
	}
	for _, sg := range m.Subgraphs {
		c.subgraph(sg, operators)
	}
	return c.out
}

type cutter struct {
	r       *rand.Rand
	in, out *tflite.ModelT
	buffers map[uint32]uint32
	tensors map[int32]int32 // of the subgraph that is cut
	sg      *tflite.SubGraphT
}

func (c *cutter) subgraph(sg *tflite.SubGraphT, operators int) {
	c.sg, c.tensors = &tflite.SubGraphT{}, map[int32]int32{-1: -1}
	c.out.Subgraphs = append(c.out.Subgraphs, c.sg)
	for _, op := range sg.Operators[:min(operators, len(sg.Operators))] {
		cut := *op
		cut.Inputs, cut.Outputs = c.indices(sg, op.Inputs), c.indices(sg, op.Outputs)
		cut.Intermediates, cut.MutatingVariableInputs, cut.CustomOptions = nil, nil, nil
		c.sg.Operators = append(c.sg.Operators, &cut)
		c.sg.Outputs = cut.Outputs
	}
	for _, t := range sg.Inputs {
		if n, used := c.tensors[t]; used {
			c.sg.Inputs = append(c.sg.Inputs, n)
		}
	}
}

func (c *cutter) indices(sg *tflite.SubGraphT, tensors []int32) []int32 {
	cut := make([]int32, len(tensors))
	for i, t := range tensors {
		n, known := c.tensors[t]
		if !known {
			n = c.tensor(sg.Tensors[t])
			c.tensors[t] = n
		}
		cut[i] = n
	}
	return cut
}

func (c *cutter) tensor(t *tflite.TensorT) int32 {
	n := int32(len(c.sg.Tensors))
	cut := &tflite.TensorT{Name: fmt.Sprint(n), Type: t.Type, HasRank: t.HasRank, IsVariable: t.IsVariable, Shape: slices.Clone(t.Shape)}
	elements, whole := 1, 1
	for i, d := range cut.Shape {
		whole *= max(1, int(d))
		cut.Shape[i] = min(d, largestDim)
		elements *= max(1, int(cut.Shape[i]))
	}
	if q := t.Quantization; q != nil {
		cut.Quantization = &tflite.QuantizationParametersT{QuantizedDimension: q.QuantizedDimension,
			Scale: q.Scale[:min(len(q.Scale), largestDim)], ZeroPoint: q.ZeroPoint[:min(len(q.ZeroPoint), largestDim)]}
	}
	c.sg.Tensors = append(c.sg.Tensors, cut)
	if b, known := c.buffers[t.Buffer]; known {
		cut.Buffer = b
		return n
	}
	data := make([]byte, len(c.in.Buffers[t.Buffer].Data)/whole*elements)
	for i := range data {
		data[i] = byte(c.r.Uint32())
	}
	cut.Buffer = uint32(len(c.out.Buffers))
	c.buffers[t.Buffer] = cut.Buffer
	c.out.Buffers = append(c.out.Buffers, &tflite.BufferT{Data: data})
	return n
}
