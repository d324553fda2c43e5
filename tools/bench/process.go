package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A cost is what one process took, in milliseconds.
type cost struct{ wall, cpu float64 }

// A program is a process whose cost is measured. It writes out, a file or a folder, which is removed
// before each run, as freeing an old file is no part of making a new one.
type program struct {
	name  string
	args  []string
	env   []string
	out   string
	every int // it takes part in one of so many rounds, 0 for 1
	// alone has the output removed after each run as well, since there is no room for all.
	alone bool
	wall  series
	cpu   series
}

func (p *program) command() *exec.Cmd {
	c := exec.Command(p.args[0], p.args[1:]...)
	c.Env = append(os.Environ(), p.env...)
	return c
}

func (p *program) clear() error {
	if p.out == "" {
		return nil
	}
	return os.RemoveAll(p.out)
}

func (p *program) run() (cost, error) {
	if err := p.clear(); err != nil {
		return cost{}, err
	}
	var stderr bytes.Buffer
	c := p.command()
	c.Stderr = &stderr
	began := time.Now()
	err := c.Run()
	wall := time.Since(began)
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", strings.Join(p.args, " "), err, stderr.Bytes())
	}
	return cost{milliseconds(wall), milliseconds(c.ProcessState.UserTime() + c.ProcessState.SystemTime())}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// interleave runs the programs in turn, so that all see the same machine. The
// first round warms up and does not count. A program that runs in every fourth
// round has the others' numbers of these rounds at the front of their series.
func interleave(rounds int, programs ...*program) error {
	for i := -1; i < rounds; i++ {
		for _, p := range programs {
			if i >= 0 && p.every > 1 && i >= max(3, rounds/p.every) {
				continue
			}
			c, err := p.run()
			if err == nil && p.alone {
				err = p.clear()
			}
			if err != nil {
				return err
			}
			if i >= 0 {
				p.wall, p.cpu = append(p.wall, c.wall), append(p.cpu, c.cpu)
			}
		}
	}
	return nil
}

// Memory is in megabytes: of the process's own, and all that it has mapped.
type memory struct{ anonymous, resident float64 }

const pollEvery = 100 * time.Microsecond

// peak runs a program and looks at its memory again and again: the kernel keeps
// no peak of what is anonymous.
func (p *program) peak() (memory, error) {
	if err := p.clear(); err != nil {
		return memory{}, err
	}
	c := p.command()
	if err := c.Start(); err != nil {
		return memory{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	var most memory
	for {
		select {
		case err := <-ended:
			return most, err
		case <-time.After(pollEvery):
			now := memoryOf(c.Process.Pid)
			most.anonymous = max(most.anonymous, now.anonymous)
			most.resident = max(most.resident, now.resident)
		}
	}
}

// memoryOf is zero for a process that is gone.
func memoryOf(pid int) (m memory) {
	status, err := fs.ReadFile(os.DirFS("/proc"), strconv.Itoa(pid)+"/status")
	if err != nil {
		return m
	}
	return memory{statusField(status, "RssAnon:"), statusField(status, "VmRSS:")}
}

// statusField reads a line such as "VmRSS: 1234 kB" in megabytes.
func statusField(status []byte, name string) float64 {
	_, rest, _ := bytes.Cut(status, []byte("\n"+name))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(string(fields[0]), 64)
	return kib * 1024 / 1e6
}
