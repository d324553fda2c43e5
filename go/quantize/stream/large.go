package stream

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

const floatSize = 4 // bytes of a float32

// large divides the work on region i.
func (s *stream) large(i int) {
	r, c := s.Packed.Regions()[i], s.constants[i]
	if s.scales[i] {
		return // written together with the values
	}
	if c == nil {
		s.copyLarge(r)
		return
	}
	l := &largeConstant{stream: s, Constant: c, region: r, Parts: c.Encoder.Parts(block)}
	if l.Look {
		l.readTwice()
	} else {
		l.readOnce()
	}
}

// copyLarge divides a region that stays as it is into blocks.
func (s *stream) copyLarge(r tflite.Region) {
	src := r.Buffer.Data
	s.once = append(s.once, &group{n: parts(r.Len, block), part: func(w *worker, i int) error {
		from, to := i*block, min(r.Len, (i+1)*block)
		part, err := s.load(w, src[from:to])
		if err != nil {
			return err
		}
		at := r.Offset + int64(from)
		dst := s.buffer(w, at, to-from)
		copy(dst, part)
		s.count(len(dst))
		return s.put(w, dst, at)
	}})
}

// parts is the number of parts of at most most of n.
func parts(n, most int) int { return (n + most - 1) / most }

// A largeConstant is divided into the parts of its encoder.
type largeConstant struct {
	*stream
	*Constant
	encode.Parts
	region tflite.Region
}

func (l *largeConstant) parts() int { return parts(l.Encoding.Values(), l.Values) }

// source returns the model's bytes of a part.
func (l *largeConstant) source(i int) []byte {
	return l.Source.Part(i*l.Values, min(l.Encoding.Values(), (i+1)*l.Values))
}

// readOnce divides work that looks at each value once.
func (l *largeConstant) readOnce() {
	l.once = append(l.once, &group{n: l.parts(), part: func(w *worker, i int) error {
		src, err := l.load(w, l.source(i))
		if err != nil {
			return err
		}
		return l.store(w, src, i)
	}})
}

// store makes part i of the region, and of the scales.
func (l *largeConstant) store(w *worker, src []byte, i int) error {
	from, to := encode.Share(l.Encoding, l.region.Len, l.Parts, i)
	at := l.region.Offset + int64(from)
	dst := l.buffer(w, at, to-from)
	var scales []byte
	scalesFrom, scalesTo := encode.Share(l.Encoding, l.Encoding.ScalesLen(), l.Parts, i)
	if scalesTo > scalesFrom {
		scales = make([]byte, scalesTo-scalesFrom)
	}
	values := decode(w, l.Source, src)
	l.peaks.note(l.Constant.index, values)
	l.Encoder.Store(dst, scales, values, i)
	l.stored(i*l.Values, dst)
	l.count(len(dst) + len(scales))
	if err := l.put(w, dst, at); err != nil {
		return err
	}
	return l.putFixed(scales, l.scalesAt[l.Constant]+int64(scalesFrom))
}

// mostMapped is how large a constant may be of which all pages are the process's at the
// same time: about as large as the cache that cores share, which holds no more of it from
// the first look to the second.
const mostMapped = 32 << 20

// readTwice divides work in which all values are looked at before the first of
// them is stored: Look gets parts from the start, then Store from the end, since the
// last of them are still in the cache that cores share.
func (l *largeConstant) readTwice() {
	n := l.parts()
	get, mapped := l.mapped, l.Source.Data
	if len(mapped) > mostMapped {
		get, mapped = l.load, nil
	}
	t := passes{
		look: &group{n: n, part: func(w *worker, i int) error {
			src, err := get(w, l.source(i))
			if err == nil {
				l.Encoder.Look(decode(w, l.Source, src), i)
			}
			return err
		}},
		decide: &group{n: 1, part: func(w *worker, _ int) (err error) {
			l.Encoder.Decide(func(yield func([]byte) bool) {
				for i := 0; i < n && err == nil; i++ {
					var src []byte
					if src, err = get(w, l.source(i)); err == nil && !yield(decode(w, l.Source, src)) {
						return
					}
				}
			})
			return err
		}},
		store: &group{n: n, part: func(w *worker, i int) error {
			i = n - 1 - i
			src, err := get(w, l.source(i))
			if err != nil {
				return err
			}
			return l.store(w, src, i)
		}},
	}
	t.decide.after = []*group{t.look}
	t.store.after = []*group{t.decide}
	t.forget = l.forgetAll(mapped, t.store)
	l.twice = append(l.twice, t)
}

// mapped is load for parts that are read again soon: they stay where they are mapped.
func (l *largeConstant) mapped(_ *worker, part []byte) ([]byte, error) { return part, nil }

// To take pages back stops all workers for a moment, so many are taken at once.
const forgotten = 4 << 20

func (l *largeConstant) forgetAll(src []byte, after *group) *group {
	return &group{n: parts(len(src), forgotten), after: []*group{after}, part: func(_ *worker, i int) error {
		l.forget(src[i*forgotten : min(len(src), (i+1)*forgotten)])
		return nil
	}}
}

// decode returns a source's values as float32.
func decode(w *worker, of encode.Source, src []byte) []byte {
	if of.Type == tflite.TensorTypeFLOAT32 {
		return src
	}
	if w.values == nil {
		w.values = make([]byte, 0, block)
	}
	values := of.Widen(w.values, src)
	if cap(values) > cap(w.values) {
		w.values = values
	}
	return values
}
