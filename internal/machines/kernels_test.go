package machines

import (
	"bufio"
	"bytes"
	"debug/elf"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
)

const kernels = "go/quantize/encode/kernel"

var instructions = flag.Bool("instructions", false, "count the instructions of kernels on an emulated 64-bit Arm processor, and print a table")

// The kernels for 64-bit Arm processors pass their tests there.
func TestKernelsOnArm(t *testing.T) {
	emulator := armEmulator(t)
	for _, tags := range []string{"", "noasm"} {
		t.Run("tags="+tags, func(t *testing.T) {
			c := exec.Command(emulator, kernelTests(t, tags))
			c.Dir = filepath.Join(root(t), kernels)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// benchmarks are those of the table, and how it calls them.
var benchmarks = []struct{ name, title string }{
	{"MaxAbs", "range of a tensor"},
	{"Int8", "int8 of a tensor"},
	{"PerChannel", "range and int8 of a channel"},
	{"channels=32/MinMaxInterleaved", "ranges of 32 interleaved channels"},
	{"channels=32/Int8WrappingInterleaved", "int8 of 32 interleaved channels"},
	{"Int8Divided", "int8 by division"},
	{"channels=32/Int8DividedInterleaved", "int8 by division of 32 interleaved channels"},
	{"Float16", "float16"},
	{"Float32", "float32 of float16"},
	{"Integers", "LiteRT's int8"},
	{"Integers4", "LiteRT's int4, packed"},
	{"Blocks", "blocks of 32: scales and int4"},
	{"Errors", "errors of rounding"},
	{"Correlations", "search of scales"},
	{"Products", "rotations, for 1,000 products"},
}

// NEON takes fewer instructions than portable code. Time on an emulated processor says nothing.
func TestInstructionsOfKernels(t *testing.T) {
	if !*instructions {
		t.Skip("give -instructions and -v to have instructions counted, in minutes")
	}
	emulator, program := armEmulator(t), kernelTests(t, "")
	var table strings.Builder
	fmt.Fprint(&table, "\n| instructions for 1,000 values | portable | NEON | |\n| --- | --- | --- | --- |\n")
	for _, b := range benchmarks {
		portable, neon := perThousand(t, emulator, program, "portable/"+b.name), perThousand(t, emulator, program, "neon/"+b.name)
		fmt.Fprintf(&table, "| %s | %.0f | %.0f | %.1f × |\n", b.title, portable, neon, portable/neon)
		if neon > portable/2 {
			t.Errorf("%s: %.0f instructions by NEON, %.0f portable", b.name, neon, portable)
		}
	}
	t.Log(table.String())
}

// perThousand is how many instructions a benchmark executes for 1,000 values: those of
// two calls less those of one.
func perThousand(t *testing.T, emulator, program, benchmark string) float64 {
	t.Helper()
	const values = 128 << 10 / 4
	once, twice := executed(t, emulator, program, benchmark, 1), executed(t, emulator, program, benchmark, 2)
	return float64(twice-once) / values * 1000
}

// executed counts the instructions of the kernels, and of the Go code that calls them, in
// a process that runs a benchmark so many times: qemu writes a line for each.
func executed(t *testing.T, emulator, program, benchmark string, times int) (count int) {
	t.Helper()
	c := exec.Command(emulator, "-singlestep", "-d", "exec,nochain", "-dfilter", kernelCode(t, program), program, "-test.run=^$",
		fmt.Sprintf("-test.bench=^BenchmarkKernels$/^128kB$/^%s$", strings.ReplaceAll(benchmark, "/", "$/^")),
		fmt.Sprintf("-test.benchtime=%dx", times))
	c.Env = append(os.Environ(), "GOGC=off", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	var stdout bytes.Buffer
	c.Stdout = &stdout
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(log); s.Scan(); {
		if bytes.HasPrefix(s.Bytes(), []byte("Trace ")) {
			count++
		}
	}
	if err := c.Wait(); err != nil || !strings.Contains(stdout.String(), "GB/s") {
		t.Fatalf("%s: %v: %s", benchmark, err, &stdout)
	}
	return count
}

// kernelCode gives where the functions of package kernel are in its test, without
// benchmarks, in the language of qemu's -dfilter.
func kernelCode(t *testing.T, program string) string {
	t.Helper()
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	var ranges []string
	for _, s := range symbols {
		name, own := strings.CutPrefix(s.Name, gotool.Module+"/"+kernels+".")
		if own && elf.ST_TYPE(s.Info) == elf.STT_FUNC && s.Size > 0 && !strings.Contains(strings.ToLower(name), "bench") {
			ranges = append(ranges, fmt.Sprintf("%#x+%#x", s.Value, s.Size))
		}
	}
	return strings.Join(ranges, ",")
}

func armEmulator(t *testing.T) string {
	t.Helper()
	emulator := find(machines["arm64"])
	if emulator == "" {
		t.Skip("qemu-aarch64-static is not there; Debian's package qemu-user-static has it")
	}
	return emulator
}

// kernelTests builds the kernels' tests for Linux on a 64-bit Arm processor.
func kernelTests(t *testing.T, tags string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "kernel.test")
	goTool(t, root(t), []string{"GOOS=linux", "GOARCH=arm64"}, "test", "-c", "-tags="+tags, "-o", program, "./"+kernels)
	return program
}
