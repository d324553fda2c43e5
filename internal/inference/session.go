// Package inference runs models in a TensorFlow Lite runtime, each in a process of its
// own: a runtime that crashes on a model takes nothing with it.
package inference

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/inference/wire"
)

// A Tensor is an input or output of a model.
type Tensor = wire.Tensor

// Options say how a model runs. The zero value is one thread and the builtin kernels.
type Options struct {
	XNNPACK bool // gives what it takes to XNNPACK, as runtimes do by default
	Threads int  // 0 for one
	// Signature is the key of the signature to run; "" for the main subgraph.
	Signature string
}

// ErrNotRun is matched by the error of a runtime that refuses a model or crashes.
var ErrNotRun = errors.New("the runtime does not run the model")

type notRun struct{ why string }

func (e *notRun) Error() string        { return "the runtime does not run the model: " + e.why }
func (e *notRun) Is(target error) bool { return target == ErrNotRun }

// A Session is a model in a runtime.
type Session struct {
	Runtime         string // its name and release
	Inputs, Outputs []Tensor

	process *exec.Cmd
	to      io.WriteCloser
	from    *bufio.Reader
	said    *tail
	once    sync.Once
	ended   error
}

// Open starts the runtime with a model's file. The error matches ErrNotRun where the
// runtime refuses it.
func (r *Runtime) Open(ctx context.Context, model string, o Options) (*Session, error) {
	c, err := r.command(ctx, model, o)
	if err != nil {
		return nil, err
	}
	s := &Session{process: c, said: &tail{}}
	c.Stderr = s.said
	if s.to, err = c.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.from = bufio.NewReader(out)
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	var hello wire.Hello
	if err := wire.Read(s.from, &hello); err != nil {
		s.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, s.died()
	}
	if hello.Error != "" {
		s.Close()
		if said := s.said.String(); said != "" {
			hello.Error += ": " + said
		}
		return nil, &notRun{hello.Error}
	}
	s.Runtime, s.Inputs, s.Outputs = hello.Runtime, hello.Inputs, hello.Outputs
	return s, nil
}

// Run runs the model with inputs in order and returns its outputs.
func (s *Session) Run(inputs []Tensor) ([]Tensor, error) {
	a, err := s.ask(wire.Request{Inputs: inputs, Times: 1, Outputs: true})
	return a.Outputs, err
}

// Time runs the model again with the inputs of the last run, so many times, and returns
// how long each took.
func (s *Session) Time(times int) ([]time.Duration, error) {
	a, err := s.ask(wire.Request{Times: times})
	out := make([]time.Duration, len(a.Nanoseconds))
	for i, n := range a.Nanoseconds {
		out[i] = time.Duration(n)
	}
	return out, err
}

func (s *Session) ask(q wire.Request) (a wire.Answer, err error) {
	if err = wire.Write(s.to, q, q.Inputs); err == nil {
		if err = wire.Read(s.from, &a); err == nil {
			err = wire.ReadData(s.from, a.Outputs)
		}
	}
	if err != nil {
		s.Close()
		return a, s.died()
	}
	if a.Error != "" {
		return a, &notRun{a.Error}
	}
	return a, nil
}

// died says how the process ended before it answered.
func (s *Session) died() error {
	why := "it ended without an answer"
	if s.ended != nil {
		why = "it crashed (" + s.ended.Error() + ")"
	}
	if said := s.said.String(); said != "" {
		why += ": " + said
	}
	return &notRun{why}
}

// Close ends the process.
func (s *Session) Close() error {
	s.once.Do(func() {
		s.to.Close()
		s.ended = s.process.Wait()
	})
	return nil
}

// A tail keeps the last words that a process says.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text) - tailBytes; n > 0 {
		t.text = append(t.text[:0], t.text[n:]...)
	}
	return len(p), nil
}

// String is the last line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return lines[len(lines)-1]
}
