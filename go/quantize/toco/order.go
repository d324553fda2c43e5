package toco

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// OrderOf reads, off a file that upstream made of model m, an order in which
// upstream can have handled the quantized tensors: for Options.Order.
// Upstream's own order differs from run to run.
//
// Handling a tensor appends one tensor or none. The file shows the tensors that
// appended one: the k-th appended tensor is the output of a DEQUANTIZE, whose
// input is the tensor that was handled, or the lookup it passed through. Of
// the others, lookups that appended nothing come first: they saw all other
// weights of their readers int8 already. The rest comes last: inputs of their
// operators stay int8 whatever happens before.
func OrderOf(m, upstream *tflite.ModelT, o Options) ([][]int32, error) {
	o.Order = nil
	if err := tflite.Check(upstream); err != nil {
		return nil, plan.ModelError("the other file", "%v", err)
	}
	p, err := o.Plan(m)
	if err != nil {
		return nil, err
	}
	if len(upstream.Subgraphs) != len(m.Subgraphs) {
		return nil, plan.ModelError("the other file", "it has %d subgraphs, the model has %d", len(upstream.Subgraphs), len(m.Subgraphs))
	}
	order := make([][]int32, len(m.Subgraphs))
	for i, sg := range upstream.Subgraphs {
		first := len(m.Subgraphs[i].Tensors)
		if len(sg.Tensors) < first {
			return nil, plan.ModelError(fmt.Sprintf("the other file, subgraph %d", i), "it has %d tensors, the model's has %d", len(sg.Tensors), first)
		}
		order[i] = orderOf(&p.Subgraphs[i], sg, first)
	}
	return order, nil
}

// orderOf reads the order off upstream's subgraph, in which tensors from first on were appended.
func orderOf(s *plan.Subgraph, upstream *tflite.SubGraphT, first int) []int32 {
	passed := map[int32]int32{} // handled tensor by the lookup's output
	for _, l := range s.Lookups {
		passed[l.Output] = l.Tensor
	}
	appended := make([]int32, len(upstream.Tensors)-first) // the handled tensor of each, or -1
	for i := range appended {
		appended[i] = -1
	}
	handled := map[int32]bool{}
	for _, op := range upstream.Operators {
		if len(op.Outputs) != 1 || int(op.Outputs[0]) < first || int(op.Outputs[0]) >= len(upstream.Tensors) || len(op.Inputs) != 1 {
			continue
		}
		t := op.Inputs[0]
		if from, ok := passed[t]; ok {
			t = from
		}
		if t >= 0 && int(t) < len(s.Tensors) && s.Tensors[t].Format != nil && !handled[t] {
			appended[int(op.Outputs[0])-first] = t
			handled[t] = true
		}
	}
	var order []int32
	for _, l := range s.Lookups {
		if !handled[l.Tensor] {
			order = append(order, l.Tensor)
		}
	}
	slices.Sort(order)
	for _, t := range appended {
		if t >= 0 {
			order = append(order, t)
		}
	}
	return order
}
