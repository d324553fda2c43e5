package repair

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// Float16Weights is made while a plan is begun: see Set.New.
const Float16Weights = "float16-weights"

var float16Weights = Repair{
	Name:    Float16Weights,
	Applies: "a constant is float16 and a DEQUANTIZE makes float32 of it, as in models that are float16 already",
	Breaks:  "has the constant as it was, and is no smaller",
	Does:    "the constant as the quantizer makes it of the same values in float32, without that DEQUANTIZE",
	mend: func(p *plan.Plan) []plan.Repaired {
		n := 0
		for i := range p.Subgraphs {
			n += p.Subgraphs[i].Dropped()
		}
		if n == 0 {
			return nil
		}
		return []plan.Repaired{mended(-1, -1, "%s of float16 counted as float32", text.Count(n, "constant", "constants"))}
	},
}

// New begins the plan of a model, in which float16 constants count as float32 ones where
// the set has Float16Weights. The error is that of plan.New.
func (s Set) New(m *tflite.ModelT) (*plan.Plan, error) {
	p, err := plan.New(m)
	if err == nil && s.Has(Float16Weights) {
		p.Widen(tflite.TensorTypeFLOAT16)
	}
	return p, err
}
