package repair

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

var signatures = Repair{
	Name:    "signatures",
	Applies: "a signature names an output that a DEQUANTIZE gives now",
	Breaks:  "gives raw int8 to those who call the signature",
	Does:    "signatures that name the tensor after the DEQUANTIZE",
	mend: func(p *plan.Plan) []plan.Repaired {
		var out []plan.Repaired
		moved := make([]map[int32]int32, len(p.Subgraphs))
		for i, def := range p.Model.SignatureDefs {
			if int64(def.SubgraphIndex) >= int64(len(p.Subgraphs)) {
				continue
			}
			subgraph := int(def.SubgraphIndex)
			if moved[subgraph] == nil {
				moved[subgraph] = movedOutputs(p, subgraph)
			}
			for k, o := range def.Outputs {
				if to, ok := moved[subgraph][int32(o.TensorIndex)]; ok {
					p.Signatures = append(p.Signatures, plan.SignatureEdit{Signature: int32(i), Output: int32(k), Tensor: to})
					out = append(out, mended(int32(subgraph), int32(o.TensorIndex), "output %q of the signature %q follows the subgraph's output", text.Cut(o.Name, maxName), text.Cut(def.SignatureKey, maxName)))
				}
			}
		}
		return out
	},
}

// movedOutputs returns, by tensor, what an output of the subgraph that has moved is now.
func movedOutputs(p *plan.Plan, subgraph int) map[int32]int32 {
	moved := map[int32]int32{}
	for _, d := range p.Subgraphs[subgraph].Dequantize {
		for _, o := range d.GraphOutputs {
			moved[p.Model.Subgraphs[subgraph].Outputs[o]] = d.Output
		}
	}
	return moved
}
