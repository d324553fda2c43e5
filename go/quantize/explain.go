package quantize

import (
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Explain says in words what happens to a tensor and why, such as
// "int8 per tensor: weights of TRANSPOSE_CONV 31; dequantized for: TRANSPOSE_CONV 31".
// Numbers behind operators' names are their places in the subgraph.
func (p *Plan) Explain(m *tflite.ModelT, subgraph, tensor int) string {
	for i := range p.Subgraphs[subgraph].Dequantize {
		if d := &p.Subgraphs[subgraph].Dequantize[i]; int(d.Tensor) == tensor {
			return p.explain(m, subgraph, tensor, d)
		}
	}
	return p.explain(m, subgraph, tensor, nil)
}

// ExplainAll explains every tensor of a subgraph.
func (p *Plan) ExplainAll(m *tflite.ModelT, subgraph int) []string {
	plan := &p.Subgraphs[subgraph]
	dequantize := make([]*Dequantize, len(plan.Tensors))
	for i := range plan.Dequantize {
		// One that reads what another adds has a tensor behind the model's.
		if d := &plan.Dequantize[i]; int(d.Tensor) < len(dequantize) {
			dequantize[d.Tensor] = d
		}
	}
	all := make([]string, len(plan.Tensors))
	for t := range all {
		all[t] = p.explain(m, subgraph, t, dequantize[t])
	}
	return all
}

func (p *Plan) explain(m *tflite.ModelT, subgraph, tensor int, d *Dequantize) string {
	plan := &p.Subgraphs[subgraph].Tensors[tensor]
	s := plan.Action.String() + ": " + p.because(m, subgraph, tensor)
	if d != nil {
		s += "; dequantized for: " + p.readersInWords(m, subgraph, d)
	}
	return s
}

func (p *Plan) because(m *tflite.ModelT, subgraph, tensor int) string {
	plan := &p.Subgraphs[subgraph].Tensors[tensor]
	switch plan.Reason {
	case Activation:
		return "not a constant"
	case NotFloat32:
		return fmt.Sprintf("is %v, only FLOAT32 is quantized", m.Subgraphs[subgraph].Tensors[tensor].Type)
	case NotWeight:
		if p.Options.BufferType == Float16 {
			return "no operator reads it"
		}
		return "not weights of any operator"
	case TooSmall:
		return fmt.Sprintf("has %d elements, fewer than %d", plan.Elements, p.Options.minElements())
	case Weight:
		return "weights of " + operatorInWords(m, subgraph, plan.Operator)
	case Constant:
		return fmt.Sprintf("constant input %d of %s", plan.Input, operatorInWords(m, subgraph, plan.Operator))
	case LookedUp:
		return fmt.Sprintf("looked up by %s in quantized weights", operatorInWords(m, subgraph, plan.Operator))
	}
	return plan.Reason.String()
}

const readersShown = 3

func (p *Plan) readersInWords(m *tflite.ModelT, subgraph int, d *Dequantize) string {
	var words []string
	last, more := int32(-1), 0
	for _, u := range d.Readers {
		switch {
		case u.Operator == last: // reads it twice
		case int(u.Operator) >= len(m.Subgraphs[subgraph].Operators): // added, for another reader
		case len(words) == readersShown:
			more++
		default:
			words = append(words, operatorInWords(m, subgraph, u.Operator))
		}
		last = u.Operator
	}
	if more > 0 {
		words = append(words, fmt.Sprintf("%d more operators", more))
	}
	if d.GraphOutput >= 0 {
		words = append(words, fmt.Sprintf("output %d of the subgraph", d.GraphOutput))
	}
	if len(words) == 0 {
		return "another DEQUANTIZE"
	}
	return strings.Join(words, ", ")
}

func operatorInWords(m *tflite.ModelT, subgraph int, op int32) string {
	return fmt.Sprintf("%s %d", OperatorName(m.OperatorCodes[m.Subgraphs[subgraph].Operators[op].OpcodeIndex]), op)
}
