package stream

import (
	"io"
	"sync"
)

// A Target is where the new file goes. Either Memory is not nil, has the size of
// the file and is all zeros, or File takes its bytes: to write from blocks in the
// cache costs less than a mapping, whose pages the system would clear first.
type Target struct {
	Memory []byte
	File   io.WriterAt
}

// An Input reads the model's file where that is mapped, as *mapping.File does.
type Input interface {
	// Read returns part, which is mapped, as ordinary memory: in buf.
	Read(buf, part []byte) ([]byte, error)
	// Forget says that the pages of part are not needed any more.
	Forget(part []byte)
}

// files are where the model comes from and where the new file goes.
type files struct {
	Target
	input   Input      // nil for a model in memory
	writing sync.Mutex // since a system writes to a file in turns anyway
}

// A worker has memory of its own for its input and its output.
type worker struct {
	in     []byte
	values []byte  // of a source in another type than float32
	out    []byte  // of which pieces are parts
	pieces []piece // to be written
}

// idle workers keep their memory for the next file.
var idle = sync.Pool{New: func() any { return new(worker) }}

// A piece is a part of a file.
type piece struct {
	bytes []byte
	at    int64
}

// What a worker keeps while another one writes.
const keptBytes = 2 * block // eight blocks as int8

// Access by a mapping costs less than reading less than this.
const leastRead = 4 << 10

// load returns a part of the model, in the cache of the processor. A part of a file is
// read: to give its pages to the process and take them back costs the system more,
// where they are not needed twice.
func (f *files) load(w *worker, part []byte) ([]byte, error) {
	if f.input == nil || len(part) < leastRead {
		return part, nil
	}
	if cap(w.in) < len(part) {
		w.in = make([]byte, max(len(part), block))
	}
	return f.input.Read(w.in[:len(part)], part)
}

// forget says that a part of the model is not needed any more.
func (f *files) forget(part []byte) {
	if f.input != nil {
		f.input.Forget(part)
	}
}

// buffer returns memory for n bytes that belong at the given place; put must
// follow. What it holds before is of no meaning.
func (f *files) buffer(w *worker, at int64, n int) []byte {
	if f.Memory != nil {
		return f.Memory[at : at+int64(n)]
	}
	used := len(w.out)
	if cap(w.out)-used < n {
		w.out, used = make([]byte, 0, max(n, keptBytes)), 0 // pieces keep what they are parts of
	}
	return w.out[used : used+n]
}

// put puts bytes that buffer has returned in their place, now or together with later
// ones: a worker that would wait for another one to write goes on, as long as there
// is memory.
func (f *files) put(w *worker, b []byte, at int64) error {
	if f.Memory != nil {
		return nil
	}
	w.out = w.out[:len(w.out)+len(b)]
	w.pieces = append(w.pieces, piece{b, at})
	if cap(w.out)-len(w.out) < len(b) {
		return f.flush(w)
	}
	if !f.writing.TryLock() {
		return nil
	}
	defer f.writing.Unlock()
	return f.write(w)
}

// flush writes the pieces that put has kept.
func (f *files) flush(w *worker) error {
	if len(w.pieces) == 0 {
		return nil
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	return f.write(w)
}

func (f *files) write(w *worker) error {
	for _, p := range w.pieces {
		if _, err := f.File.WriteAt(p.bytes, p.at); err != nil {
			return err
		}
	}
	w.pieces, w.out = w.pieces[:0], w.out[:0]
	return nil
}

// putFixed puts bytes that nobody changes in their place.
func (f *files) putFixed(b []byte, at int64) error {
	if len(b) == 0 {
		return nil
	}
	if f.Memory != nil {
		copy(f.Memory[at:], b)
		return nil
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	_, err := f.File.WriteAt(b, at)
	return err
}
