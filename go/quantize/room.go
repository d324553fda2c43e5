package quantize

import (
	"io"
	"sync"
)

// A room is where the new file goes, and where the model comes from. The file
// goes into memory that is all zeros, or, where memory is nil, to places in a
// file: writing that from blocks in the cache costs less than a mapping, whose
// pages the system would clear first.
type room struct {
	memory []byte
	file   io.WriterAt
	source source // nil for a model in memory

	writing sync.Mutex // since a system writes to a file in turns anyway
}

// A source is a file that is mapped, as *mapping.File is.
type source interface {
	Read(buf, part []byte) ([]byte, error)
	Forget(part []byte)
}

// A worker has memory of its own for what it reads and what it makes.
type worker struct {
	in     []byte
	out    []byte  // of which pieces are parts
	pieces []piece // to be written
}

// A piece is a part of a file.
type piece struct {
	bytes []byte
	at    int64
}

// What a worker keeps while another one writes.
const kept = 2 * block // eight blocks as int8

// Access by a mapping costs less than reading less than this.
const leastRead = 4 << 10

// load returns a part of the model, in the cache for what follows. What lies in
// a file is read: to give its pages to the process and take them back costs the
// system more, where they are not needed twice.
func (r *room) load(w *worker, part []byte) ([]byte, error) {
	if r.source == nil || len(part) < leastRead {
		return part, nil
	}
	if cap(w.in) < len(part) {
		w.in = make([]byte, max(len(part), block))
	}
	return r.source.Read(w.in[:len(part)], part)
}

// forget says that a part of the model is not needed any more.
func (r *room) forget(part []byte) {
	if r.source != nil {
		r.source.Forget(part)
	}
}

// buffer returns memory for n bytes that belong at the given place; put must
// follow. What it holds before is of no meaning.
func (r *room) buffer(w *worker, at int64, n int) []byte {
	if r.memory != nil {
		return r.memory[at : at+int64(n)]
	}
	used := len(w.out)
	if cap(w.out)-used < n {
		w.out, used = make([]byte, 0, max(n, kept)), 0 // pieces keep what they are parts of
	}
	return w.out[used : used+n]
}

// put puts bytes that buffer has returned in their place, now or with those that
// follow: who would have to wait for another worker to write goes on, as long as
// there is memory.
func (r *room) put(w *worker, b []byte, at int64) error {
	if r.memory != nil {
		return nil
	}
	w.out = w.out[:len(w.out)+len(b)]
	w.pieces = append(w.pieces, piece{b, at})
	if cap(w.out)-len(w.out) < len(b) {
		return r.flush(w)
	}
	if !r.writing.TryLock() {
		return nil
	}
	defer r.writing.Unlock()
	return r.write(w)
}

// flush writes what put has kept.
func (r *room) flush(w *worker) error {
	if len(w.pieces) == 0 {
		return nil
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	return r.write(w)
}

func (r *room) write(w *worker) error {
	for _, p := range w.pieces {
		if _, err := r.file.WriteAt(p.bytes, p.at); err != nil {
			return err
		}
	}
	w.pieces, w.out = w.pieces[:0], w.out[:0]
	return nil
}

// copy puts bytes that nobody changes in their place.
func (r *room) copy(b []byte, at int64) error {
	if len(b) == 0 {
		return nil
	}
	if r.memory != nil {
		copy(r.memory[at:], b)
		return nil
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	_, err := r.file.WriteAt(b, at)
	return err
}
