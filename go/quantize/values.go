package quantize

import (
	"context"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A checker is a Quantizer that may find, once it knows the values of a constant,
// that the constant must stay as it is.
type checker interface {
	ChecksValues() bool
	Check(f encode.Format, s repair.Stats) (name, why string, ok bool)
	// PlanKeeping is Plan, with constants that stay as they are.
	PlanKeeping(m *tflite.ModelT, kept repair.Kept) (*Plan, error)
}

// checkerOf returns nil for a quantizer that does not look at values.
func checkerOf(q Quantizer) checker {
	if c, ok := q.(checker); ok && c.ChecksValues() {
		return c
	}
	return nil
}

// mustStay returns the constants of a plan that must stay as they are, given the
// largest absolute value of each.
func mustStay(p *Plan, c checker, peaks []float32) []plan.Repaired {
	var out []plan.Repaired
	stats := make([]*repair.Stats, len(p.Encoded)) // of data that any number of tensors share
	for i := range p.Subgraphs {
		for t, planned := range p.Encodings(i) {
			s := &stats[planned.Encoded]
			if *s == nil {
				known := repair.StatsOf(peaks[planned.Encoded], p.SourceOf(i, t))
				*s = &known
			}
			if name, why, ok := c.Check(planned.Format, **s); ok {
				out = append(out, plan.Repaired{Name: name, Subgraph: int32(i), Tensor: t, What: why})
			}
		}
	}
	return out
}

// NewCheckedPlan is NewPlan with the repairs that depend on values: it looks at all
// constants that are quantized once, in parallel. Weights, Bytes, Write and File
// end with the same plan. The error may also be the context's, or that of accessing a
// mapped model, as for View.
func NewCheckedPlan(ctx context.Context, m *tflite.ModelT, q Quantizer) (*Plan, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	return planValues(m, q, func(p *Plan, check bool) ([]float32, error) {
		if !check {
			return nil, nil
		}
		return stream.Peaks(ctx, sources(p), stream.Workers())
	})
}

// planValues returns the plan of a quantizer that knows what it needs of the values. look
// gets each plan on the way, the returned one last, and returns the largest absolute
// value of each encoded constant where check is set.
func planValues(m *tflite.ModelT, q Quantizer, look func(p *Plan, check bool) ([]float32, error)) (*Plan, error) {
	p, err := planOf(m, q)
	if err != nil {
		return nil, err
	}
	c := checkerOf(q)
	var kept repair.Kept
	for {
		peaks, err := look(p, c != nil)
		if err != nil || c == nil {
			return p, err
		}
		stay := mustStay(p, c, peaks)
		if len(stay) == 0 {
			return p, nil
		}
		kept = kept.With(stay)
		if p, err = c.PlanKeeping(m, kept); err != nil {
			return nil, err
		}
	}
}

// sources are the values of the constants that a plan encodes.
func sources(p *Plan) []encode.Source {
	out := make([]encode.Source, len(p.Encoded))
	for i := range out {
		out[i] = p.Source(int32(i))
	}
	return out
}
