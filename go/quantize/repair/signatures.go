package repair

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
)

var signatures = Repair{
	Name:    "signatures",
	Applies: "a signature names an output that a DEQUANTIZE gives now",
	Breaks:  "gives raw int8 to those who call the signature",
	Does:    "signatures that name the tensor after the DEQUANTIZE",
	mend: func(p *plan.Plan) []plan.Repaired {
		var out []plan.Repaired
		for i, def := range p.Model.SignatureDefs {
			if int64(def.SubgraphIndex) >= int64(len(p.Subgraphs)) {
				continue
			}
			subgraph := int(def.SubgraphIndex)
			for k, o := range def.Outputs {
				if to := movedTo(p, subgraph, int32(o.TensorIndex)); to >= 0 {
					p.Signatures = append(p.Signatures, plan.SignatureEdit{Signature: int32(i), Output: int32(k), Tensor: to})
					out = append(out, mended(int32(subgraph), int32(o.TensorIndex), "output %q of the signature %q follows the subgraph's output", o.Name, def.SignatureKey))
				}
			}
		}
		return out
	},
}

// movedTo returns the tensor that an output of the subgraph is now, -1 where it has
// not moved.
func movedTo(p *plan.Plan, subgraph int, t int32) int32 {
	sg := p.Model.Subgraphs[subgraph]
	for _, d := range p.Subgraphs[subgraph].Dequantize {
		if slices.ContainsFunc(d.GraphOutputs, func(o int32) bool { return sg.Outputs[o] == t }) {
			return d.Output
		}
	}
	return -1
}
