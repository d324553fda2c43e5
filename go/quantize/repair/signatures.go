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
		for _, e := range p.FollowOutputs() {
			def := p.Model.SignatureDefs[e.Signature]
			o := def.Outputs[e.Output]
			out = append(out, mended(int32(def.SubgraphIndex), int32(o.TensorIndex), "output %q of the signature %q follows the subgraph's output", text.Cut(o.Name, maxName), text.Cut(def.SignatureKey, maxName)))
		}
		return out
	},
}
