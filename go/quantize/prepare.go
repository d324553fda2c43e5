package quantize

import (
	"sync/atomic"

	"github.com/tflite-quantize/tflite-quantize/internal/output"
)

// A preparation makes the output's file, and room for it on the disk, while
// the model is read.
type preparation struct {
	file     *output.File
	err      error
	reserved int64
	enough   atomic.Bool
	done     chan struct{}
}

// Below this size of the output, to wake a thread takes longer than what it saves.
const leastPrepared = 256 << 10

// prepare begins the file of a path that will have size bytes at least.
func prepare(path string, size int64) *preparation {
	p := &preparation{done: make(chan struct{})}
	if size < leastPrepared {
		p.make(path, 0)
		return p
	}
	go p.make(path, size)
	return p
}

func (p *preparation) make(path string, size int64) {
	defer close(p.done)
	if p.file, p.err = output.Create(path); p.err == nil {
		p.reserved = p.file.Reserve(size, &p.enough)
	}
}

// wait returns the file, or the error of making it.
func (p *preparation) wait() (*output.File, error) {
	p.enough.Store(true)
	<-p.done
	return p.file, p.err
}

// take is wait for a file that will have size bytes.
func (p *preparation) take(size int64) (*output.File, error) {
	f, err := p.wait()
	if err == nil {
		f.Expect(size)
	}
	if err == nil && p.reserved > size {
		err = f.Truncate(size)
	}
	p.reserved = size // for a second take
	return f, err
}

// A Quantizer that knows the least size of its result has it here, so that the disk
// gives the output its blocks while the model is read.
type estimator interface {
	LeastBytes(model int64) int64
}

func leastBytes(q Quantizer, model int64) int64 {
	if e, ok := q.(estimator); ok {
		return e.LeastBytes(model)
	}
	return 0
}
