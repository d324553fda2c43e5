package repair

import "github.com/tflite-quantize/tflite-quantize/go/quantize/plan"

// A constant that is an output stays as it is, since XNNPACK does not fill an output
// that is the DEQUANTIZE of a constant.
var graphOutputs = Repair{
	Name:    "graph-outputs",
	Applies: "a constant, or a value that is looked up in one, is an output of its subgraph",
	Breaks:  "gives the output in another type, or not at all in some runtimes",
	Does:    "the constant as it was, and a DEQUANTIZE in front of the output of a lookup",
	keep: func(c *candidate) string {
		if !c.outputs[c.tensor] {
			return ""
		}
		return "an output of the subgraph, stays as it is"
	},
	mend: func(p *plan.Plan) []plan.Repaired {
		var out []plan.Repaired
		for i := range p.Subgraphs {
			out = append(out, mendOutputs(p, i)...)
		}
		return out
	},
}

func mendOutputs(p *plan.Plan, subgraph int) []plan.Repaired {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	moved := map[int32]bool{}           // entries of the outputs
	dequantized := map[int32]*[]int32{} // by tensor, the entries that its DEQUANTIZE gives
	for i := range s.Dequantize {
		d := &s.Dequantize[i]
		dequantized[d.Tensor] = &d.GraphOutputs
		for _, o := range d.GraphOutputs {
			moved[o] = true
		}
	}
	var out []plan.Repaired
	var missing []int32 // tensors without a DEQUANTIZE
	entries := map[int32][]int32{}
	for i, t := range sg.Outputs {
		if t < 0 || moved[int32(i)] || !s.Tensors[t].Changed() {
			continue
		}
		if entries[t] == nil && dequantized[t] == nil {
			missing = append(missing, t)
		}
		entries[t] = append(entries[t], int32(i))
		if known := dequantized[t]; known != nil {
			*known = append(*known, int32(i))
		}
		out = append(out, mended(int32(subgraph), t, "is output %d of the subgraph, which stays float32", i))
	}
	for _, t := range missing {
		p.AppendDequantize(subgraph, t, entries[t])
	}
	return out
}
