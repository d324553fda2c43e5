package plan

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Compute says how an operator computes once the plan is applied.
type Compute uint8

// The ways.
const (
	Unchanged       Compute = iota // as before: nothing that it reads changes
	Hybrid                         // int8 weights and float32 activations
	AfterDequantize                // float32, with weights that a DEQUANTIZE turns back
	LooksUp                        // gives values of an encoded table in the type of the table
	AfterLookup                    // float32, with values that were looked up and that a DEQUANTIZE turns back
	Float32                        // float32, with a constant that was smaller before
)

func (c Compute) String() string {
	switch c {
	case Unchanged:
		return "unchanged"
	case Hybrid:
		return "hybrid"
	case AfterDequantize:
		return "float32 after DEQUANTIZE"
	case LooksUp:
		return "looks up"
	case AfterLookup:
		return "float32 after lookup"
	case Float32:
		return "float32"
	}
	return fmt.Sprintf("Compute(%d)", uint8(c))
}

// MarshalText returns String, for JSON.
func (c Compute) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Computes returns how each of the model's operators in a subgraph computes. An
// operator that reads encoded weights as they are is Hybrid, whatever else it reads.
func (p *Plan) Computes(subgraph int) []Compute {
	plan, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	redirected := map[Use]bool{}
	out := make([]Compute, len(sg.Operators))
	for _, d := range plan.Dequantize {
		computes := AfterDequantize
		if int(d.Tensor) < len(plan.Tensors) && plan.Tensors[d.Tensor].Reason == LookedUp {
			computes = AfterLookup
		}
		for _, u := range d.Readers {
			if int(u.Operator) < len(out) {
				redirected[u] = true
				if out[u.Operator] != AfterDequantize {
					out[u.Operator] = computes
				}
			}
		}
	}
	for _, c := range plan.Copies {
		for _, u := range c.Readers {
			redirected[u] = true
			if c.Format.Type() != tflite.TensorTypeFLOAT32 {
				out[u.Operator] = Hybrid
			}
		}
	}
	for i, op := range sg.Operators {
		for input, t := range op.Inputs {
			if t < 0 || !plan.Tensors[t].Changed() || redirected[Use{int32(i), int32(input)}] {
				continue
			}
			if f := plan.Tensors[t].Format; f == nil || f.Type() != tflite.TensorTypeFLOAT32 {
				out[i] = Hybrid
			} else if out[i] == Unchanged {
				out[i] = Float32
			}
		}
	}
	for _, l := range plan.Lookups {
		out[l.Operator] = LooksUp
	}
	return out
}

// Changed reports whether the type of the tensor changes.
func (t *Tensor) Changed() bool { return t.Format != nil || t.Reason == LookedUp }
