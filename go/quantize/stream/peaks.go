package stream

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// notePeak notes the largest absolute value of a part of a constant.
func (s *stream) notePeak(c *Constant, values []byte) {
	if s.Peaks != nil {
		raise(&s.Peaks[c.index], values)
	}
}

// raise takes a peak to that of more values. Without a sign, floats are ordered as
// their bits are, with Inf and then NaN last.
func raise(peak *atomic.Uint32, values []byte) {
	bits := math.Float32bits(kernel.MaxAbs(values[:len(values)/floatSize*floatSize]))
	for {
		old := peak.Load()
		if bits <= old || peak.CompareAndSwap(old, bits) {
			return
		}
	}
}

// Peaks returns the largest absolute value of each source: Inf or NaN where a source
// has such. The error is the context's, or a *mapping.Fault where memory is mapped
// and cannot be accessed.
func Peaks(ctx context.Context, sources []encode.Source, workers int) ([]float32, error) {
	bits := make([]atomic.Uint32, len(sources))
	var s stream
	var do schedule
	for i, source := range sources {
		c := &Constant{Source: source}
		size := block / floatSize * encode.ValueSize(source.Type)
		do.add(&group{n: parts(len(source.Data), size), part: func(w *worker, k int) error {
			raise(&bits[i], s.decode(w, c, source.Data[k*size:min(len(source.Data), (k+1)*size)]))
			return nil
		}})
	}
	if err := do.run(ctx, workers, func(*worker) error { return nil }); err != nil {
		return nil, err
	}
	out := make([]float32, len(bits))
	for i := range bits {
		out[i] = math.Float32frombits(bits[i].Load())
	}
	return out, nil
}
