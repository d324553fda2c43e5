package repair

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A sparse tensor's buffer has fewer values than its shape: those that are not zero,
// as the tensor's sparsity says. XNNPACK reads sparse weights of a FULLY_CONNECTED of
// version 8 and of no other, so operators with sparse weights keep their version.
var sparseWeights = Repair{
	Name:    "sparse-weights",
	Applies: "a constant is sparse",
	Breaks:  "is refused by runtimes or computes garbage, and is often larger than before",
	Does:    "the constant as it was, and the version of operators that read it",
	keep: func(c *candidate) string {
		if !isSparse(c.plan.Model.Subgraphs[c.index].Tensors[c.tensor]) {
			return ""
		}
		return "sparse, stays as it is"
	},
	mend: func(p *plan.Plan) []plan.Repaired {
		var out []plan.Repaired
		sparse, others := readersOfSparse(p)
		for code, operators := range sparse {
			c := p.Model.OperatorCodes[code]
			if len(operators) == 0 || p.Versions[code] == c.Version {
				continue
			}
			name := text.Cut(tflite.OperatorName(c), maxName)
			if !others[code] {
				p.Versions[code] = c.Version
				out = append(out, mended(-1, -1, "%s stays at version %d for its sparse weights", name, c.Version))
				continue
			}
			own := *c
			added := p.AddCode(&own)
			for _, at := range operators {
				s := &p.Subgraphs[at.subgraph]
				s.Codes = append(s.Codes, plan.CodeEdit{Operator: at.operator, Code: added})
			}
			out = append(out, mended(-1, -1, "%s with sparse weights has an operator code of its own, of version %d", name, c.Version))
		}
		return out
	},
}

func isSparse(t *tflite.TensorT) bool { return t.Sparsity != nil }

type operatorAt struct {
	subgraph int
	operator int32
}

// readersOfSparse returns, by operator code, the operators that read a sparse constant,
// and whether others of the code read weights that are encoded.
func readersOfSparse(p *plan.Plan) (sparse [][]operatorAt, others []bool) {
	sparse, others = make([][]operatorAt, len(p.Model.OperatorCodes)), make([]bool, len(p.Model.OperatorCodes))
	for i, sg := range p.Model.Subgraphs {
		for j, op := range sg.Operators {
			isReader, encoded := false, false
			for _, t := range op.Inputs {
				if t >= 0 {
					isReader = isReader || isSparse(sg.Tensors[t])
					encoded = encoded || p.Subgraphs[i].Tensors[t].Format != nil
				}
			}
			if isReader {
				sparse[op.OpcodeIndex] = append(sparse[op.OpcodeIndex], operatorAt{i, int32(j)})
			} else if encoded {
				others[op.OpcodeIndex] = true
			}
		}
	}
	return sparse, others
}
