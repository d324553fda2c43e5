package units

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// StatesDiffer reports whether operators in upstream's file have other states than in the
// model: with float16 constants take their place, and copies of a recurrent operator that
// nothing reads share its state.
func (r *Result) StatesDiffer() bool {
	a, errA := tflite.Read(r.Source)
	b, errB := tflite.Read(r.Upstream)
	return r.States > 0 || errA == nil && errB == nil && stateUses(a) != stateUses(b)
}

// stateUses counts the inputs of operators that are variables.
func stateUses(m *tflite.ModelT) (n int) {
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			for _, t := range op.Inputs {
				if t >= 0 && sg.Tensors[t].IsVariable {
					n++
				}
			}
		}
	}
	return n
}
