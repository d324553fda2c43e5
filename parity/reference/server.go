package reference

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// DefaultTimeout is how long a client waits for one model unless told otherwise.
const DefaultTimeout = 2 * time.Minute

// A server is a program's process, which is started by the first call and again
// after each one that it did not survive. Calls take turns.
type server struct {
	mu      sync.Mutex
	process *process
}

// A process is a running program in its serving mode.
type process struct {
	path   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	stderr tail
}

// call sends one request and waits for its response. A process is started by the
// command.
func (s *server) call(command func() (*exec.Cmd, error), timeout time.Duration, flags []string, parts ...[]byte) (*response, error) {
	for _, flag := range flags {
		if strings.ContainsRune(flag, 0) {
			return nil, &RequestError{fmt.Sprintf("%q: holds a NUL, expected none", flag)}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		p, err := start(command)
		if err != nil {
			return nil, err
		}
		s.process = p
	}
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	resp, err := s.process.exchange(timeout, flags, parts)
	if err != nil {
		s.process = nil
		return nil, err
	}
	if resp.code == badRequest {
		return nil, &RequestError{resp.message}
	}
	return resp, nil
}

// close ends the process, if there is one.
func (s *server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	p := s.process
	s.process = nil
	p.in.Close()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: ended with %w, expected exit status 0", p.path, err)
	}
	return nil
}

func start(command func() (*exec.Cmd, error)) (*process, error) {
	cmd, err := command()
	if err != nil {
		return nil, err
	}
	path := cmd.Path
	p := &process{path: path, cmd: cmd}
	p.cmd.Args = append(p.cmd.Args, "--serve")
	// Upstream's notices go, its warnings and errors stay. oneDNN, which has no part
	// in this, would print one too.
	p.cmd.Env = append(p.cmd.Environ(), "TF_CPP_MIN_LOG_LEVEL=1", "TF_ENABLE_ONEDNN_OPTS=0")
	p.cmd.Stderr = &p.stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("%s: %w, expected a pipe", path, err)
	}
	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("%s: %w, expected a pipe", path, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w, expected a program that starts", path, err)
	}
	return p, nil
}

// exchange does one request. After an error the process is gone.
func (p *process) exchange(timeout time.Duration, flags []string, parts [][]byte) (*response, error) {
	timer := time.AfterFunc(timeout, func() { p.cmd.Process.Kill() })
	// A process that dies while it is written to shows when it is read from.
	_ = writeRequest(p.in, flags, parts)
	resp, err := readResponse(p.out)
	if !timer.Stop() {
		p.cmd.Wait()
		return nil, &TimeoutError{p.path, timeout}
	}
	if err == nil {
		return resp, nil
	}
	p.in.Close()
	ending := "exit status 0"
	if err := p.cmd.Wait(); err != nil {
		ending = err.Error()
	}
	return nil, &CrashError{p.path, ending, p.stderr.String()}
}

// A tail keeps the end of the bytes written to it.
type tail struct {
	mu  sync.Mutex
	end []byte
}

const tailSize = 4096

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, b...)
	if extra := len(t.end) - tailSize; extra > 0 {
		t.end = bytes.Clone(t.end[extra:])
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.end))
}
