// Package loss measures what the formats of a plan do to values: how far the encoded
// values of each constant are from its own. It runs no model.
package loss

import (
	"context"
	"encoding/binary"
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
// holds the encoded values of one constant for each worker. The error is the context's,
// or a *mapping.Fault where the model's memory is mapped and cannot be accessed.
func Of(ctx context.Context, p *plan.Plan, workers int) ([]*Loss, error) {
	out := make([]*Loss, len(p.Encoded))
	formats := formatsOf(p)
	err := stream.Each(ctx, len(out), workers, func(i int) error {
		out[i] = of(p, &p.Encoded[i], formats[i])
		return nil
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

func of(p *plan.Plan, e *plan.Encoded, f encode.Format) *Loss {
	if f == nil || !isKnown(f.Type()) || e.Encoding.Values() == 0 {
		return nil
	}
	t := p.Model.Subgraphs[e.Subgraph].Tensors[e.Tensor]
	source := p.SourceOf(int(e.Subgraph), e.Tensor)
	if source.Type != tflite.TensorTypeFLOAT32 && source.Type != tflite.TensorTypeFLOAT16 {
		return nil
	}
	values := source.Widen(nil, source.Data)
	c := coded{format: f, data: make([]byte, e.Encoding.Len()), scales: make([]byte, e.Encoding.ScalesLen())}
	encoder := e.Encoding.Encoder()
	encode.Whole(e.Encoding, encoder, c.data, c.scales, values)
	c.numbers = encoder.Numbers()
	var l Loss
	for i, q := range c.values(t.Shape, e.Encoding.Values()) {
		v := 0.0 // what a source that is too short lacks
		if 4*i+4 <= len(values) {
			v = float64(math.Float32frombits(binary.LittleEndian.Uint32(values[4*i:])))
		}
		d := v - float64(q)
		l.Signal += v * v
		l.Noise += d * d
		l.Max = math.Max(l.Max, math.Abs(d))
	}
	return &l
}
