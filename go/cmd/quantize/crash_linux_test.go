package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// The test's own program is the command where the environment says so.
func TestMain(m *testing.M) {
	switch os.Getenv("QUANTIZE_TEST") {
	case "command":
		main()
	case "panic":
		panic("on purpose")
	case "memory":
		hugeAmount = 1 << 46
		huge = make([]byte, hugeAmount)
	}
	os.Exit(m.Run())
}

var (
	hugeAmount int64
	huge       []byte
)

func program(what string, args ...string) *exec.Cmd {
	c := exec.Command("/proc/self/exe", args...)
	c.Env = append(os.Environ(), "QUANTIZE_TEST="+what)
	return c
}

// Wrong arguments have the exit code that Go's crashes have elsewhere.
func TestCrashesEndBySIGABRT(t *testing.T) {
	for _, what := range []string{"panic", "memory"} {
		c := program(what)
		if err := c.Run(); err == nil {
			t.Errorf("%s: the process ended well", what)
		}
		if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGABRT {
			t.Errorf("%s: the process ended with %v", what, c.ProcessState)
		}
	}
	c := program("command", "--no-such-option")
	c.Run()
	if code := c.ProcessState.ExitCode(); code != 2 {
		t.Errorf("wrong arguments: %v", c.ProcessState)
	}
}

// limited runs the command with a limit of its own from its start.
func limited(t *testing.T, kind int, most uint64, args ...string) (state *os.ProcessState, stderr string) {
	t.Helper()
	c := program("command", args...)
	var text strings.Builder
	c.Stderr = &text
	// A process is made with this one's limits, so the new one waits in a shell.
	c.Args = append([]string{"sh", "-c", fmt.Sprintf(`read go; exec /proc/%d/exe "$@"`, os.Getpid()), "sh"}, args...)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell:", err)
	}
	c.Path = shell
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(c.Process.Pid, kind, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
		t.Fatal(err)
	}
	stdin.Write([]byte("go\n"))
	stdin.Close()
	c.Wait()
	return c.ProcessState, text.String()
}

func sample(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.tflite")
	if err := os.WriteFile(path, synthetic.SampleFile(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Fewer open files than the command needs are an error in one line, at the
// first file as at the last, and leave what was there.
func TestTooFewOpenFiles(t *testing.T) {
	const least, enough = 4, 24
	for _, old := range []string{"", "old"} {
		scarce := 0
		for n := least; n <= enough; n++ {
			in, beside := sample(t), 1
			out := strings.TrimSuffix(in, "m.tflite") + "out"
			if old != "" {
				beside = 2
				if err := os.WriteFile(out, []byte(old), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			state, stderr := limited(t, unix.RLIMIT_NOFILE, uint64(n), in, "-o", out)
			if state.ExitCode() == 0 {
				continue
			}
			scarce++
			if state.ExitCode() != 6 || n == enough || !strings.HasPrefix(stderr, "quantize: ") ||
				!strings.HasSuffix(stderr, ": too many open files; ulimit -n allows this process few open files\n") {
				t.Fatalf("%d open files: %v\n%s", n, state, stderr)
			}
			if data, _ := os.ReadFile(out); string(data) != old {
				t.Errorf("%d open files: the output has %d bytes", n, len(data))
			}
			if entries, _ := os.ReadDir(filepath.Dir(in)); len(entries) != beside {
				t.Errorf("%d open files: %d files are there, want %d", n, len(entries), beside)
			}
		}
		if scarce < 2 {
			t.Errorf("%d limits gave an error", scarce)
		}
	}
}

func TestTooLittleMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.tflite")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	size, most := int64(1)<<36, uint64(1)<<34
	if math.MaxInt == math.MaxInt32 {
		size, most = 1<<30, 1<<30
	}
	if err := os.Truncate(path, size); err != nil {
		t.Skip("the disk has no files with holes:", err)
	}
	state, stderr := limited(t, unix.RLIMIT_AS, most, path)
	if state.ExitCode() != 6 || !strings.Contains(stderr, "cannot allocate memory") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("%v\n%s", state, stderr)
	}
}
