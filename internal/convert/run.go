package convert

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Exit codes of the programs that convert (cc/main.cc, keras.py), and that of the
// system where it cannot load a program's libraries.
const (
	exitFile    = 1
	exitRefused = 3
	exitNoTF    = 4
	exitLoader  = 127
)

// A program converts one model.
type program struct {
	path  string
	args  []string
	env   []string
	model string // what is converted, for errors
	stdin string
	// explain puts what a program says about a model that it refuses into words.
	explain func(said string) string
}

// outputPath is a name of the first file that a program is given besides standard
// input, output and error.
const outputPath = "/dev/fd/3"

// How much of what a program prints is kept, in bytes: of its answer the
// beginning, of its other words the end.
const (
	maxAnswer = 16 << 20
	maxStderr = 4096
)

// run runs a program that writes its result to a file.
func (c *Converter) run(ctx context.Context, p *program, to *os.File) error {
	timeout := cmp.Or(c.Timeout, DefaultTimeout)
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, p.path, append(p.args, "--output_file="+outputPath)...)
	answer, stderr := head{most: maxAnswer}, tail{most: maxStderr}
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.env, strings.NewReader(p.stdin), &answer, &stderr
	cmd.ExtraFiles = []*os.File{to}
	cmd.WaitDelay = 5 * time.Second // for what a program that ended has started
	err := runBound(cmd)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return &Error{Place: p.model, Words: fmt.Sprintf("no answer of the converter after %v: --%s allows more", timeout, TimeoutFlag), Kind: ErrProgram}
	}
	return c.failure(p, err, answer.String(), stderr.String())
}

// failure is the error of a program that ended badly.
func (c *Converter) failure(p *program, err error, answer, stderr string) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return &Error{Place: p.path, Words: "it cannot be run: " + plain(err), Kind: ErrProgram, cause: err}
	}
	switch exit.ExitCode() {
	case exitRefused:
		return &Error{Place: p.model, Words: p.explain(answer), Kind: ErrModel}
	case exitNoTF:
		return &Error{Place: p.model, Words: answer + ": " + kerasRemedy, Kind: ErrProgram}
	case exitFile:
		return &Error{Place: p.model, Words: "the model that TensorFlow made of it cannot be kept: " + lastLine(stderr), Kind: ErrProgram}
	case exitLoader:
		return &Error{Place: p.path, Kind: ErrProgram, Words: fmt.Sprintf("TensorFlow's library does not fit or is missing: want --%s with the folder of TensorFlow %s; the system says: %s", TensorFlowFlag, c.Release, lastLine(stderr))}
	}
	if lacksMemory(exit, stderr) {
		return &Error{Place: p.model, Words: "the converter was ended, which happens where memory lacks: want several times the model's size", Kind: ErrProgram, cause: syscall.ENOMEM}
	}
	return &Error{Place: p.model, Words: fmt.Sprintf("TensorFlow's converter crashed (%v); it printed: %s", exit, stderr), Kind: ErrProgram}
}

// lacksMemory reports whether a program was ended by the system, as by Linux where
// memory is scarce, or by its own failed allocation.
func lacksMemory(exit *exec.ExitError, stderr string) bool {
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || strings.Contains(stderr, "bad_alloc"))
}

// plain is an error of starting a program without the name that its place has.
func plain(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// A head keeps the beginning of what is written to it.
type head struct {
	bytes.Buffer
	most int
}

func (h *head) Write(b []byte) (int, error) {
	h.Buffer.Write(b[:min(len(b), h.most-h.Len())])
	return len(b), nil
}

// A tail keeps the end of what is written to it.
type tail struct {
	end  []byte
	most int
}

func (t *tail) Write(b []byte) (int, error) {
	t.end = append(t.end, b...)
	if extra := len(t.end) - t.most; extra > 0 {
		t.end = bytes.Clone(t.end[extra:])
	}
	return len(b), nil
}

func (t *tail) String() string { return strings.TrimSpace(string(t.end)) }
