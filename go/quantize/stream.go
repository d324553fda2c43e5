package quantize

import (
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tflite-quantize/tflite-quantize/go/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Sizes in bytes of float32 values. A block and what is made of it stay in a
// core's cache from the first look at it to the last. What is larger than
// shared is divided among the workers. No worker's memory is larger either, since
// memory costs more where it is used for the first time than all that follows.
const (
	block  = 512 << 10
	shared = 1 << 20
)

// A room is where the new file goes: into memory that is all zeros, or, where
// memory is nil, to places in a file. Writing a file from blocks in the cache
// costs less than a mapping, whose pages the system would clear first.
type room struct {
	memory []byte
	file   io.WriterAt
	read   func(part []byte) // may be nil; gets parts of the model that are done with
}

// A worker has memory of its own for what it makes.
type worker struct{ buf []byte }

// buffer returns memory for n bytes that belong at the given place; put must
// follow. What it holds before is of no meaning.
func (r *room) buffer(w *worker, at int64, n int) []byte {
	if r.memory != nil {
		return r.memory[at : at+int64(n)]
	}
	if cap(w.buf) < n {
		w.buf = make([]byte, max(n, block/4)) // what int8 needs
	}
	return w.buf[:n]
}

// put puts bytes in their place, where buffer has not made them.
func (r *room) put(b []byte, at int64) error {
	if len(b) == 0 {
		return nil
	}
	if r.memory != nil {
		copy(r.memory[at:], b) // which costs nothing where both are the same
		return nil
	}
	_, err := r.file.WriteAt(b, at)
	return err
}

// Smaller parts are not worth a call of room.read.
const leastRead = 64 << 10

func (r *room) done(part []byte) {
	if r.read != nil && len(part) >= leastRead {
		r.read(part)
	}
}

// A stream makes the new file's buffers.
type stream struct {
	p        *Plan
	m        *tflite.ModelT
	a        *applied
	packed   *tflite.Packed
	room     room
	blocks   []func(*worker) error // of large regions, to be made in any order
	spans    []span
	inSpan   []bool // by region: whether what lies before it belongs to a span
	workers  []worker
	done     atomic.Int64
	progress func(done, total int64)
}

func newStream(p *Plan, m *tflite.ModelT, a *applied, packed *tflite.Packed) *stream {
	return &stream{p: p, m: m, a: a, packed: packed, workers: make([]worker, runtime.GOMAXPROCS(0))}
}

// A span is a part of the file that one worker makes at once: regions, and
// what lies between them.
type span struct{ first, last int } // indices of regions, both included

// run makes all regions: the large ones that are read twice one after the other,
// each by all workers, then blocks of other large ones, and the rest in spans of
// about a block.
func (s *stream) run() error {
	regions := s.packed.Regions()
	s.inSpan = make([]bool, len(regions)+1)
	size := 0
	for i, r := range regions {
		in := len(s.source(r))
		if in > shared {
			if err := s.large(r); err != nil {
				return err
			}
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
	return s.each(len(s.blocks)+len(s.spans), func(w *worker, i int) error {
		if i < len(s.blocks) {
			return s.blocks[i](w)
		}
		return s.span(w, s.spans[i-len(s.blocks)])
	})
}

// source is what a region is made of.
func (s *stream) source(r tflite.Region) []byte {
	if i, ok := s.a.results[r.Buffer]; ok {
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
		s.region(to[at:at+int64(r.Len)], r)
		s.room.done(s.source(r))
		s.count(r.Len)
	}
	return s.room.put(to, from)
}

// region makes a region by one worker.
func (s *stream) region(dst []byte, r tflite.Region) {
	i, ok := s.a.results[r.Buffer]
	if !ok {
		copy(dst, r.Buffer.Data)
		return
	}
	result := &s.p.Results[i]
	plan, tensor := s.tensor(result)
	quantizeTensor(dst, s.source(r), plan, tensor, s.a.params[i])
}

// tensor returns the first tensor that has a result.
func (s *stream) tensor(r *Result) (*TensorPlan, *tflite.TensorT) {
	return &s.p.Subgraphs[r.Subgraph].Tensors[r.Tensor], s.m.Subgraphs[r.Subgraph].Tensors[r.Tensor]
}

// putMeta puts what lies between and around regions, as far as spans have not.
func (s *stream) putMeta() error {
	regions := s.packed.Regions()
	at := int64(0)
	for i := 0; i <= len(regions); i++ {
		piece := s.packed.Before(i)
		if !s.inSpan[i] {
			if err := s.room.put(piece, at); err != nil {
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

// each calls f for 0 to n-1 on all workers, until one returns an error, which
// is a *mapping.Fault where it accessed a mapping without a file behind it.
func (s *stream) each(n int, f func(w *worker, i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	workers := s.workers[:min(n, len(s.workers))]
	errs := make([]error, len(workers))
	for k := range workers {
		work := func() error {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := f(&workers[k], int(i)); err != nil {
					next.Store(int64(n))
					return err
				}
			}
			return nil
		}
		if k == len(workers)-1 {
			errs[k] = mapping.Guard(work)
			break
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[k] = mapping.Guard(work)
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
