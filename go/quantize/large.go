package quantize

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// large makes a region by all workers, or leaves it to s.blocks.
func (s *stream) large(r tflite.Region) error {
	i, ok := s.a.results[r.Buffer]
	if !ok {
		return s.later(len(r.Buffer.Data), block, func(_ *worker, from, to int) error {
			s.count(to - from)
			defer s.room.done(r.Buffer.Data[from:to])
			return s.room.put(r.Buffer.Data[from:to], r.Offset+int64(from))
		})
	}
	plan, tensor := s.tensor(&s.p.Results[i])
	src, q := s.source(r), s.a.params[i]
	switch plan.Action {
	case ToFloat16:
		return s.convert(r, src, 2, func(dst, src []byte, _ int) { toFloat16(dst, src) })
	case Int8PerTensor:
		return s.largePerTensor(r, src[:4*r.Len], q)
	}
	return s.largePerChannel(r, src[:4*r.Len], plan, tensor, q)
}

// A pass calls f for blocks of n bytes; most is their size, a multiple of 4.
type pass func(n, most int, f func(w *worker, from, to int) error) error

// later makes the calls when all passes that other calls depend on are over.
func (s *stream) later(n, most int, f func(w *worker, from, to int) error) error {
	for from := 0; from < n; from += most {
		s.blocks = append(s.blocks, func(w *worker) error { return f(w, from, min(n, from+most)) })
	}
	return nil
}

// now makes the calls, from the start.
func (s *stream) now(n, most int, f func(w *worker, from, to int) error) error {
	return s.each((n+most-1)/most, func(w *worker, i int) error {
		return f(w, i*most, min(n, (i+1)*most))
	})
}

// again makes the calls from the end, for values that have been looked at before: the
// last of them are still in the cache that cores share.
func (s *stream) again(n, most int, f func(w *worker, from, to int) error) error {
	last := (n - 1) / most
	return s.each(last+1, func(w *worker, i int) error {
		return f(w, (last-i)*most, min(n, (last-i+1)*most))
	})
}

// convert makes a region by blocks; size is the bytes of a value of it. f gets
// the byte in src at which its block starts.
func (s *stream) convert(r tflite.Region, src []byte, size int, f func(dst, src []byte, from int)) error {
	return s.convertBy(s.later, r, src, size, block, f)
}

func (s *stream) convertBy(each pass, r tflite.Region, src []byte, size, most int, f func(dst, src []byte, from int)) error {
	need := r.Len / size * 4 // src may be shorter, for float16
	return each(need, most, func(w *worker, from, to int) error {
		at := r.Offset + int64(from/4*size)
		dst := s.room.buffer(w, at, (to-from)/4*size)
		if to > len(src) {
			clear(dst)
		}
		part := src[min(from, len(src)):min(to, len(src))]
		f(dst, part, from)
		s.room.done(part)
		s.count(len(dst))
		return s.room.put(dst, at)
	})
}

func (s *stream) largePerTensor(r tflite.Region, src []byte, q *tflite.QuantizationParametersT) error {
	peaks := make([]float32, (len(src)+block-1)/block)
	err := s.now(len(src), block, func(_ *worker, from, to int) error {
		peaks[from/block] = kernel.MaxAbs(src[from:to])
		return nil
	})
	if err != nil {
		return err
	}
	peak := float32(0)
	for _, p := range peaks {
		if p != p { // with a NaN in it, the range depends on where each value lies
			peak = kernel.Range(src)
			break
		}
		peak = max(peak, p)
	}
	q.Scale[0] = tensorScale(peak)
	return s.convertBy(s.again, r, src, 1, block, func(dst, src []byte, _ int) { int8PerTensor(dst, src, peak) })
}

func (s *stream) largePerChannel(r tflite.Region, src []byte, plan *TensorPlan, t *tflite.TensorT, q *tflite.QuantizationParametersT) error {
	channels, inner := channelLayout(t.Shape, plan.ChannelDim)
	lo, _ := storedExtremes(t.Quantization)
	if inner > 1 && 4*inner <= block {
		return s.convertBy(s.later, r, src, 1, block/(4*inner)*4*inner, func(dst, src []byte, from int) {
			int8Channels(dst, src, inner, from/4/inner, lo == nil, q)
		})
	}
	if lo == nil {
		startExtremes(src, channels, inner, q)
		if err := s.findLargeExtremes(src, channels, inner, q); err != nil {
			return err
		}
	}
	inverse := channelScales(channels, q)
	if inner == 1 {
		rows := max(1, block/4/channels)
		return s.convertBy(s.again, r, src, 1, 4*rows*channels, func(dst, src []byte, _ int) {
			kernel.Int8WrappingInterleaved(dst, src, inverse)
		})
	}
	return s.convertBy(s.again, r, src, 1, block, func(dst, src []byte, from int) { int8Runs(dst, src, inverse, inner, from/4) })
}

// findLargeExtremes folds blocks by themselves, each from the channel's first
// value, then their results in order: which gives what folding all values does.
func (s *stream) findLargeExtremes(src []byte, channels, inner int, q *tflite.QuantizationParametersT) error {
	most := block
	if inner == 1 {
		most = 4 * channels * max(1, block/4/channels)
	}
	type extremes struct {
		first  int // channel
		lo, hi []float32
	}
	parts := make([]extremes, (len(src)+most-1)/most)
	err := s.now(len(src), most, func(_ *worker, from, to int) error {
		part := &parts[from/most]
		n := channels
		if inner > 1 {
			part.first = from / 4 / inner
			n = (to/4-1)/inner + 1 - part.first
		}
		part.lo = append(part.lo, q.Min[part.first:part.first+n]...)
		part.hi = append(part.hi, q.Max[part.first:part.first+n]...)
		foldExtremes(part.lo, part.hi, src[from:to], inner, from/4-part.first*inner)
		return nil
	})
	for _, p := range parts {
		for c := range p.lo {
			if p.lo[c] < q.Min[p.first+c] {
				q.Min[p.first+c] = p.lo[c]
			}
			if p.hi[c] > q.Max[p.first+c] {
				q.Max[p.first+c] = p.hi[c]
			}
		}
	}
	return err
}
