package quantize

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// large divides the work on a region.
func (s *stream) large(r tflite.Region) {
	i, ok := s.a.resultIn(r)
	if !ok {
		s.readOnce(r, r.Buffer.Data, 4, block, func(dst, src []byte, _ int) { copy(dst, src) })
		return
	}
	plan, tensor := s.tensor(&s.p.Results[i])
	src, q := s.source(r), s.a.params[i]
	switch plan.Action {
	case ToFloat16:
		s.readOnce(r, src, 2, block, func(dst, src []byte, _ int) { toFloat16(dst, src) })
	case Int8PerTensor:
		s.largePerTensor(r, src[:4*r.Len], q)
	case Int8PerChannel:
		s.largePerChannel(r, src[:4*r.Len], plan, tensor, q)
	}
}

// parts is the number of parts of at most most bytes.
func parts(n, most int) int { return (n + most - 1) / most }

// readOnce divides work into blocks of at most most bytes of values, which have
// size bytes in the region. f gets the byte in src at which its block starts.
func (s *stream) readOnce(r tflite.Region, src []byte, size, most int, f func(dst, src []byte, from int)) {
	n := r.Len / size * 4 // src may be shorter, for float16
	s.once = append(s.once, &group{n: parts(n, most), part: func(w *worker, i int) error {
		from, to := i*most, min(n, (i+1)*most)
		part, err := s.room.load(w, src[min(from, len(src)):min(to, len(src))])
		if err != nil {
			return err
		}
		return s.make(w, r, part, size, from, to, f)
	}})
}

// make makes the part of a region of the values from byte from up to byte to,
// which are part and zeros.
func (s *stream) make(w *worker, r tflite.Region, part []byte, size, from, to int, f func(dst, src []byte, from int)) error {
	at := r.Offset + int64(from/4*size)
	dst := s.room.buffer(w, at, (to-from)/4*size)
	if len(part) < to-from {
		clear(dst)
	}
	f(dst, part, from)
	s.count(len(dst))
	return s.room.put(w, dst, at)
}

// readTwice divides work in which all values are looked at before the first of
// them is made: look gets blocks from the start, then f from the end, since the
// last of them are still in the cache that cores share. found is called between.
func (s *stream) readTwice(r tflite.Region, src []byte, most int, look func(src []byte, from int), found func(), f func(dst, src []byte, from int)) {
	n := parts(len(src), most)
	t := passes{
		look: &group{n: n, then: found, part: func(_ *worker, i int) error {
			from := i * most
			look(src[from:min(len(src), from+most)], from)
			return nil
		}},
		make: &group{n: n, part: func(w *worker, i int) error {
			from := (n - 1 - i) * most
			to := min(len(src), from+most)
			return s.make(w, r, src[from:to], 1, from, to, f)
		}},
	}
	t.make.after = []*group{t.look}
	t.forget = s.forget(src, t.make)
	s.twice = append(s.twice, t)
}

// To take pages back stops all workers for a moment, so many are taken at once.
const forgotten = 4 << 20

func (s *stream) forget(src []byte, after *group) *group {
	return &group{n: parts(len(src), forgotten), after: []*group{after}, part: func(_ *worker, i int) error {
		s.room.forget(src[i*forgotten : min(len(src), (i+1)*forgotten)])
		return nil
	}}
}

func (s *stream) largePerTensor(r tflite.Region, src []byte, q *tflite.QuantizationParametersT) {
	peaks := make([]float32, parts(len(src), block))
	peak := float32(0)
	s.readTwice(r, src, block, func(src []byte, from int) {
		peaks[from/block] = kernel.MaxAbs(src)
	}, func() {
		for _, p := range peaks {
			if p != p { // with a NaN in it, the range depends on where each value lies
				peak = kernel.Range(src)
				break
			}
			peak = max(peak, p)
		}
		q.Scale[0] = tensorScale(peak)
	}, func(dst, src []byte, _ int) { int8PerTensor(dst, src, peak) })
}

func (s *stream) largePerChannel(r tflite.Region, src []byte, plan *TensorPlan, t *tflite.TensorT, q *tflite.QuantizationParametersT) {
	channels, inner := channelLayout(t.Shape, plan.ChannelDim)
	lo, _ := storedExtremes(t.Quantization)
	if inner > 1 && 4*inner <= block {
		s.readOnce(r, src, 1, block/(4*inner)*4*inner, func(dst, src []byte, from int) {
			int8Channels(dst, src, inner, from/4/inner, lo == nil, q)
		})
		return
	}
	most := block
	if inner == 1 {
		most = 4 * channels * max(1, block/4/channels)
	}
	var inverse []float32
	makeBlock := func(dst, src []byte, from int) { int8Runs(dst, src, inverse, inner, from/4) }
	if inner == 1 {
		makeBlock = func(dst, src []byte, _ int) { kernel.Int8WrappingInterleaved(dst, src, inverse) }
	}
	if lo != nil {
		inverse = channelScales(channels, q)
		s.readOnce(r, src, 1, most, makeBlock)
		return
	}
	found := make([]extremes, parts(len(src), most))
	s.readTwice(r, src, most, func(values []byte, from int) {
		found[from/most] = findExtremes(src, values, channels, inner, from)
	}, func() {
		startExtremes(src, channels, inner, q)
		for _, e := range found {
			e.widen(q)
		}
		inverse = channelScales(channels, q)
	}, makeBlock)
}

// extremes are those of channels, the first of which has a number.
type extremes struct {
	first  int
	lo, hi []float32
}

// findExtremes folds a block of src by itself, each channel from its first value
// in src. To widen those first values by the results of all blocks, in their
// order, gives what folding all values does.
func findExtremes(src, values []byte, channels, inner, from int) extremes {
	e := extremes{}
	n := channels
	if inner > 1 {
		e.first = from / 4 / inner
		n = ((from+len(values))/4-1)/inner + 1 - e.first
	}
	e.lo = make([]float32, n)
	for c := range e.lo {
		e.lo[c] = firstValue(src[4*(e.first+c)*inner:])
	}
	e.hi = slices.Clone(e.lo)
	foldExtremes(e.lo, e.hi, values, inner, from/4-e.first*inner)
	return e
}

func (e *extremes) widen(q *tflite.QuantizationParametersT) {
	for c := range e.lo {
		if e.lo[c] < q.Min[e.first+c] {
			q.Min[e.first+c] = e.lo[c]
		}
		if e.hi[c] > q.Max[e.first+c] {
			q.Max[e.first+c] = e.hi[c]
		}
	}
}
