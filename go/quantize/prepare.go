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

func prepare(path string, size int64) *preparation {
	p := &preparation{done: make(chan struct{})}
	go func() {
		defer close(p.done)
		if p.file, p.err = output.Create(path); p.err == nil {
			p.reserved = p.file.Reserve(size, &p.enough)
		}
	}()
	return p
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
