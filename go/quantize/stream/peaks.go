package stream

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// peaks are the bits of the largest absolute values of constants. Without a sign, floats
// are ordered as their bits are, with Inf and then NaN last.
type peaks []atomic.Uint32

// note takes the peak of a constant to that of more of its values.
func (p peaks) note(constant int, values []byte) {
	if p == nil {
		return
	}
	bits := math.Float32bits(kernel.MaxAbs(values[:len(values)/floatSize*floatSize]))
	for peak := &p[constant]; ; {
		old := peak.Load()
		if bits <= old || peak.CompareAndSwap(old, bits) {
			return
		}
	}
}

// values returns nil where there are none.
func (p peaks) values() []float32 {
	if p == nil {
		return nil
	}
	out := make([]float32, len(p))
	for i := range p {
		out[i] = math.Float32frombits(p[i].Load())
	}
	return out
}

// Peaks returns the largest absolute value of each source: Inf or NaN where a source
// has such. The error is the context's, or a *mapping.Fault where memory is mapped
// and cannot be accessed.
func Peaks(ctx context.Context, sources []encode.Source, workers int) ([]float32, error) {
	found := make(peaks, len(sources))
	var do schedule
	for i, source := range sources {
		const each = block / floatSize
		do.add(&group{n: parts(source.Values(), each), part: func(w *worker, k int) error {
			found.note(i, decode(w, source, source.Part(k*each, (k+1)*each)))
			return nil
		}})
	}
	if err := do.run(ctx, workers, func(*worker) error { return nil }); err != nil {
		return nil, err
	}
	return found.values(), nil
}
