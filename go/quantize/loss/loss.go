// Package loss measures what the formats of a plan do to values: how far the encoded
// values of each constant are from its own. It runs no model.
package loss

import (
	"context"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Loss is how far the encoded values of a constant are from its own.
type Loss struct {
	Max    float64 // the largest absolute difference
	Signal float64 // the sum of the squares of the values
	Noise  float64 // the sum of the squares of the differences
}

// Decibels is the signal to noise ratio: +Inf where there is no noise, NaN where values
// are not finite.
func (l *Loss) Decibels() float64 {
	if l.Noise == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(l.Signal/l.Noise)
}

// Of measures each of p.Encoded, nil for a format whose values are not known here. It
// holds a part of the encoded values of one constant for each worker. The error is the
// context's, or a *mapping.Fault where the model's memory is mapped and cannot be accessed.
func Of(ctx context.Context, p *plan.Plan, workers int) ([]*Loss, error) {
	all := make([]int, len(p.Encoded))
	for i := range all {
		all[i] = i
	}
	return Some(ctx, p, all, workers)
}

// Some is Of for some of p.Encoded, by their indices.
func Some(ctx context.Context, p *plan.Plan, encoded []int, workers int) ([]*Loss, error) {
	out := make([]*Loss, len(encoded))
	formats := formatsOf(p)
	err := stream.Each(ctx, len(out), workers, func(i int) (err error) {
		out[i], err = of(ctx, p, &p.Encoded[encoded[i]], formats[encoded[i]])
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func formatsOf(p *plan.Plan) []encode.Format {
	out := make([]encode.Format, len(p.Encoded))
	for i := range p.Subgraphs {
		for _, t := range p.Encodings(i) {
			out[t.Encoded] = t.Format
		}
	}
	return out
}

// partBytes is about how many bytes of float32 are encoded at once.
const partBytes = 1 << 20

func of(ctx context.Context, p *plan.Plan, e *plan.Encoded, f encode.Format) (*Loss, error) {
	if _, ok := f.(encode.Rotated); ok {
		return nil, nil // other values than the model's
	}
	if f == nil || !encode.IsSource(f.Type()) || e.Encoding.Values() == 0 {
		return nil, nil
	}
	source := p.SourceOf(int(e.Subgraph), e.Tensor)
	if source.Type != tflite.TensorTypeFLOAT32 && source.Type != tflite.TensorTypeFLOAT16 {
		return nil, nil
	}
	l, shape, encoder := &Loss{}, p.Model.Subgraphs[e.Subgraph].Tensors[e.Tensor].Shape, e.Encoding.Encoder()
	err := encode.InParts(ctx, e.Encoding, encoder, source, partBytes, func(s *encode.Stored) {
		given := &Values{Len: len(s.Values) / 4, source: encode.Source{Type: tflite.TensorTypeFLOAT32, Data: s.Values}}
		Each(given, encoded(f, encoder.Numbers(), s.Data, s.Scales, shape, s.First, s.Len), l.Add)
	})
	return l, err
}

// Each calls f with all values of b in order, part by part, and with those of a at the
// same places: 0 for what a lacks.
func Each(a, b *Values, f func(a, b []float32)) {
	most := min(partLen, b.Len)
	room := make([]float32, 2*most)
	x, y := room[:most], room[most:]
	for from := 0; from < b.Len; from += most {
		n := min(most, b.Len-from)
		has := max(0, min(n, a.Len-from))
		clear(x[has:n])
		a.read(from, x[:has])
		b.read(from, y[:n])
		f(x[:n], y[:n])
	}
}

// Add takes note of values and of those that stand for them.
func (l *Loss) Add(values, stored []float32) {
	sum := *l // not in memory
	for i, v := range values {
		v := float64(v)
		d := v - float64(stored[i])
		sum.Signal += float64(v * v) // never fused with the sum
		sum.Noise += float64(d * d)
		sum.Max = max(sum.Max, math.Abs(d))
	}
	*l = sum
}
