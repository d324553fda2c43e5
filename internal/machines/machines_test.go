package machines

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/seeds"
)

var builds = flag.Bool("builds", false, "build the command, which takes a Go tool in PATH and minutes the first time")

const command = "github.com/tflite-quantize/tflite-quantize/go/cmd/quantize"

// Emulated machines: one with other arithmetic, one with the other byte order.
var machines = map[string][]string{
	"arm64": {"qemu-aarch64-static", "qemu-aarch64"},
	"s390x": {"qemu-s390x-static", "qemu-s390x"},
}

// The command makes the same files on every machine.
func TestOtherMachinesMakeTheSameFiles(t *testing.T) {
	for arch, emulators := range machines {
		t.Run(arch, func(t *testing.T) {
			emulator := find(emulators)
			if emulator == "" {
				t.Skipf("%s is not there; Debian's package qemu-user-static has it", emulators[0])
			}
			program := filepath.Join(t.TempDir(), "quantize")
			build(t, program, "GOOS=linux", "GOARCH="+arch)
			for i, seed := range seeds.All() {
				for _, o := range []quantize.Options{{MinElements: 1}, {MinElements: 1, BufferType: quantize.Float16}} {
					same(t, fmt.Sprintf("seed %d, %v", i, o.BufferType), seed, o, emulator, program)
				}
			}
		})
	}
}

// Two builds in different folders are the same bytes, and need no library.
func TestBuildsAreReproducible(t *testing.T) {
	var first []byte
	from := root(t)
	for range 2 {
		tree := copyTree(t, from)
		from = tree // the source tree may change meanwhile
		program := filepath.Join(t.TempDir(), "quantize")
		buildIn(t, tree, program, "GOCACHE="+t.TempDir())
		data, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, data) {
			t.Error("a second build in another folder gives other bytes")
		}
		if bytes.Contains(data, []byte(tree)) {
			t.Error("the program names the folder it was built in")
		}
		if bytes.Contains(data, []byte("ld-linux")) {
			t.Error("the program is not static")
		}
		first = data
	}
}

func same(t *testing.T, name string, model []byte, o quantize.Options, emulator, program string) {
	t.Helper()
	m, err := tflite.Read(model)
	if err != nil {
		t.Fatal(name, err)
	}
	want, wantErr := quantize.Bytes(m, o)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.tflite"), filepath.Join(dir, "out.tflite")
	if err := os.WriteFile(in, model, 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{program, in, "-o", out, "--type=" + o.BufferType.String()}
	if o.BufferType == quantize.Int8 {
		args = append(args, "--min-elements=1")
	}
	text, err := exec.Command(emulator, args...).CombinedOutput()
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("%s: %v there, %v here: %s", name, err, wantErr, text)
	}
	if err != nil {
		return
	}
	if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %v, or the files differ", name, err)
	}
}

func find(programs []string) string {
	for _, p := range programs {
		if path, err := exec.LookPath(p); err == nil {
			return path
		}
	}
	return ""
}

// root is the source tree; under Bazel a link leads there.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if path, err := filepath.EvalSymlinks(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Dir(path)
		}
	}
	t.Skip("there is no go.mod above this folder, run this in the source tree")
	return ""
}

func build(t *testing.T, program string, env ...string) { buildIn(t, root(t), program, env...) }

func buildIn(t *testing.T, tree, program string, env ...string) {
	t.Helper()
	goTool(t, tree, env, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", program, command)
}

// goTool runs the go command in a source tree, where building was asked for.
func goTool(t *testing.T, tree string, env []string, args ...string) {
	t.Helper()
	if !*builds && !*instructions {
		t.Skip("give -builds to have the command built")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go in PATH to build with")
	}
	c := exec.Command(tool, args...)
	c.Dir = tree
	c.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOPROXY=off"), env...)
	if text, err := c.CombinedOutput(); err != nil {
		if strings.Contains(string(text), "GOPROXY=off") {
			t.Skipf("modules are not in the cache, fetch them with go mod download: %s", text)
		}
		t.Fatalf("%v: %s", err, text)
	}
}

// copyTree copies what the command is built of.
func copyTree(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	var err error
	for _, folder := range []string{"go", "internal"} {
		err = errors.Join(err, os.CopyFS(filepath.Join(to, folder), os.DirFS(filepath.Join(from, folder))))
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if data, readErr := os.ReadFile(filepath.Join(from, name)); err == nil {
			if err = readErr; err == nil {
				err = os.WriteFile(filepath.Join(to, name), data, 0o666)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}
