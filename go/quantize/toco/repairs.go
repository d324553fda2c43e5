package toco

import (
	"maps"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// kept are constants that stay as they are because of their values, by subgraph and
// tensor.
type kept map[[2]int32]plan.Repaired

// repaired reports whether a constant stays as it is because upstream's file would be
// broken otherwise, and notes that.
func (s *subgraphPlanner) repaired(u plan.Use, t int32, f encode.Format) bool {
	p := &s.plan.Tensors[t]
	if p.Reason == plan.ByRepair {
		return true
	}
	if p.Format != nil || s.Repairs == 0 {
		return false
	}
	r, ok := s.kept[[2]int32{int32(s.index), t}]
	if !ok {
		if s.repairs == nil {
			s.repairs = repair.NewSubgraph(s.p, s.index)
		}
		r, ok = s.Repairs.Keep(s.repairs, t, f)
	}
	if !ok {
		return false
	}
	p.Reason, p.Operator, p.Input, p.Repair = plan.ByRepair, u.Operator, u.Input, int32(len(s.p.Repaired))
	s.p.Repaired = append(s.p.Repaired, r)
	return true
}

// Check says why a constant with such values cannot have a format: see repair.Set.
func (o Options) Check(f encode.Format, s repair.Stats) (name, why string, ok bool) {
	return o.Repairs.Check(f, s)
}

// ChecksValues reports whether Check can say so of any.
func (o Options) ChecksValues() bool { return o.Repairs.ChecksValues() }

// Keeping returns the options with constants that stay as they are.
func (o Options) Keeping(constants []plan.Repaired) plan.Quantizer {
	return keeping{o, kept{}}.Keeping(constants)
}

type keeping struct {
	Options
	kept kept
}

func (k keeping) Plan(m *tflite.ModelT) (*plan.Plan, error) { return k.Options.plan(m, k.kept) }

func (k keeping) Keeping(constants []plan.Repaired) plan.Quantizer {
	more := maps.Clone(k.kept)
	for _, c := range constants {
		more[[2]int32{c.Subgraph, c.Tensor}] = c
	}
	return keeping{k.Options, more}
}
