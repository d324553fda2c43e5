package repair

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

var operatorVersions = Repair{
	Name:    "operator-versions",
	Applies: "an operator code has a higher version than the new weights need",
	Breaks:  "has a lower version, so that runtimes too old for the operator compute garbage instead of refusing",
	Does:    "the version as it was",
	mend: func(p *plan.Plan) []plan.Repaired {
		var out []plan.Repaired
		for i, c := range p.Model.OperatorCodes {
			if p.Versions[i] < c.Version {
				out = append(out, mended(-1, -1, "%s stays at version %d, %d is less", text.Cut(tflite.OperatorName(c), maxName), c.Version, p.Versions[i]))
				p.Versions[i] = c.Version
			}
		}
		return out
	},
}
