package instructions

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/tflite-quantize/tflite-quantize/internal/cli" // else go test takes an old result for that of a changed command
	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// A counter counts the instructions of the command.
type counter struct {
	program   string
	functions *functions
	release   string // of Go, which built the program
	dir       string // the folder that it runs in, with its files
	valgrind  string
	library   string // the folder of Valgrind's tools, "" where it finds them itself
}

// newCounter finds Valgrind and the program. Where there is no Valgrind, outside Bazel and
// without TEST_SRCDIR, the test is skipped.
func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{dir: t.TempDir()}
	c.findValgrind(t)
	c.program = built(t)
	info, err := buildinfo.ReadFile(c.program)
	if err != nil {
		t.Fatal(err)
	}
	c.release, c.functions = info.GoVersion, functionsOf(t, c.program)
	return c
}

func (c *counter) findValgrind(t *testing.T) {
	t.Helper()
	pinned, err := runfiles.Find("valgrind/usr/bin/valgrind.bin")
	if err == nil {
		c.valgrind, c.library = pinned, filepath.Join(pinned, "../../libexec/valgrind")
		return
	}
	c.valgrind, err = exec.LookPath("valgrind")
	if err == nil {
		return
	}
	if os.Getenv("TEST_SRCDIR") != "" {
		t.Fatal(err)
	}
	t.Skip("Valgrind is not there, Debian's package valgrind has it:", err)
}

// built is the command as Bazel builds it, outside Bazel as the go command does.
func built(t *testing.T) string {
	t.Helper()
	if path, err := runfiles.Find("tflite_quantize/go/cmd/quantize/quantize_/quantize"); err == nil {
		return path
	}
	path := filepath.Join(t.TempDir(), "quantize")
	if _, err := gotool.Run(".", []string{"CGO_ENABLED=0", "GOAMD64=v1"}, "build", "-trimpath", "-buildvcs=false", gotool.Stripped("", ""), "-o", path, gotool.Module+"/go/cmd/quantize"); err != nil {
		t.Fatal(err)
	}
	return path
}

// make runs the program as it is.
func (c *counter) make(t *testing.T, args string) {
	t.Helper()
	c.finish(t, exec.Command(c.program, strings.Fields(args)...))
}

// finish runs a program in the counter's folder.
func (c *counter) finish(t *testing.T, command *exec.Cmd) {
	t.Helper()
	command.Dir = c.dir
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, said)
	}
}

// tries are how often a run is counted at most.
const tries = 3

// near is the count of a run that is near its budget, or else the last of a few.
func (c *counter) near(t *testing.T, args string, budget int64) (count int64) {
	t.Helper()
	for i := 0; i < tries && !isNear(count, budget); i++ {
		count = c.count(t, args)
	}
	return count
}

// count counts the instructions of a run that do not follow from the clock: with one thread
// at a time for Go's code, no garbage collected, and no signals between threads.
func (c *counter) count(t *testing.T, args string) int64 {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(c.dir, made)); err != nil { // to replace a file takes other steps
		t.Fatal(err)
	}
	profile := filepath.Join(t.TempDir(), "profile")
	command := exec.Command(c.valgrind, append([]string{"--tool=callgrind", "--dump-instr=yes", "--dump-line=no", "--compress-pos=no",
		"--callgrind-out-file=" + profile, "--vgdb=no", c.program}, strings.Fields(args)...)...)
	command.Env = []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1"}
	if c.library != "" {
		command.Env = append(command.Env, "VALGRIND_LIB="+c.library)
	} else {
		command.Env = append(command.Env, "PATH="+os.Getenv("PATH")) // it may be a script
	}
	c.finish(t, command)
	data, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	return c.functions.steady(t, string(data))
}
