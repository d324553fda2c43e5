package quantize

import (
	"sync/atomic"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A block is bytes of float32 values. It and what is made of it stay in a
// core's cache from the first look at it to the last. What is larger is divided
// among the workers.
const block = 128 << 10

// A stream makes the new file's buffers, and what lies around them.
type stream struct {
	p        *Plan
	m        *tflite.ModelT
	a        *applied
	packed   *tflite.Packed
	room     *room
	spans    []span
	inSpan   []bool   // by region: whether what lies before it belongs to a span
	once     []*group // work on values that are read once
	twice    []passes
	done     atomic.Int64
	progress func(done, total int64)
}

// passes are the work on a tensor that is read twice.
type passes struct{ look, make, forget *group }

// A span is a part of the file that one worker makes at once: regions, and
// what lies between them.
type span struct{ first, last int } // indices of regions, both included

// run makes the file. What it holds besides regions comes when all scales are
// known, which is before the last region is made where one is read twice.
func (s *stream) run(workers int) error {
	s.divide()
	var do schedule
	meta := &group{n: 1, part: func(*worker, int) error { return s.putMeta() }}
	for _, t := range s.twice {
		meta.after = append(meta.after, do.add(t.look))
		do.add(t.make)
		do.add(t.forget)
	}
	do.add(meta)
	spans := &group{n: len(s.spans), part: func(w *worker, i int) error { return s.span(w, s.spans[i]) }}
	for _, g := range append(s.once, spans) {
		meta.after = append(meta.after, do.add(g))
	}
	return do.run(workers, s.room.flush)
}

// divide makes groups of large regions and spans of about a block of the rest.
func (s *stream) divide() {
	regions := s.packed.Regions()
	s.inSpan = make([]bool, len(regions)+1)
	size := 0
	for i, r := range regions {
		in := len(s.source(r))
		if in > block {
			s.large(r)
			size = block // the next one begins a span
			continue
		}
		// What lies between inside and outside has scales, which are not known yet.
		border := i > 0 && r.Outside != regions[i-1].Outside
		if size+in > block || len(s.spans) == 0 || border {
			s.spans, size = append(s.spans, span{i, i}), 0
		} else {
			s.inSpan[i] = true
		}
		s.spans[len(s.spans)-1].last = i
		size += in
	}
}

// source is what a region is made of.
func (s *stream) source(r tflite.Region) []byte {
	if i, ok := s.a.resultIn(r); ok {
		return s.m.Buffers[s.p.Results[i].Source].Data
	}
	return r.Buffer.Data
}

func (s *stream) span(w *worker, sp span) error {
	regions := s.packed.Regions()
	from, last := regions[sp.first].Offset, regions[sp.last]
	to := s.room.buffer(w, from, int(last.Offset+int64(last.Len)-from))
	for i := sp.first; i <= sp.last; i++ {
		r := regions[i]
		at := r.Offset - from
		if i > sp.first {
			gap := s.packed.Before(i)
			copy(to[at-int64(len(gap)):], gap)
		}
		src, err := s.room.load(w, s.source(r))
		if err != nil {
			return err
		}
		s.region(to[at:at+int64(r.Len)], src, r)
		s.count(r.Len)
	}
	return s.room.put(w, to, from)
}

// region makes a region of what it is made of.
func (s *stream) region(dst, src []byte, r tflite.Region) {
	i, ok := s.a.resultIn(r)
	if !ok {
		copy(dst, src)
		return
	}
	result := &s.p.Results[i]
	plan, tensor := s.tensor(result)
	quantizeTensor(dst, src, plan, tensor, s.a.params[i])
}

// tensor returns the first tensor that has a result.
func (s *stream) tensor(r *Result) (*TensorPlan, *tflite.TensorT) {
	return &s.p.Subgraphs[r.Subgraph].Tensors[r.Tensor], s.m.Subgraphs[r.Subgraph].Tensors[r.Tensor]
}

// putMeta puts what lies between and around regions, as far as spans have not.
func (s *stream) putMeta() error {
	// Only now the scales are known. Their number decided the layout, not their
	// values.
	s.packed.PutNumbers()
	regions := s.packed.Regions()
	at := int64(0)
	for i := 0; i <= len(regions); i++ {
		piece := s.packed.Before(i)
		if !s.inSpan[i] {
			if err := s.room.copy(piece, at); err != nil {
				return err
			}
		}
		if i < len(regions) {
			at = regions[i].Offset + int64(regions[i].Len)
		}
	}
	return nil
}

func (s *stream) count(n int) {
	if s.progress != nil {
		s.progress(s.done.Add(int64(n)), s.packed.Size())
	}
}
