package inference

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

//go:embed session.py
var sessionProgram string

// modules of Python packages that have an interpreter, the ones asked first in front.
const modules = "ai_edge_litert.interpreter,tflite_runtime.interpreter,tensorflow.lite.python.interpreter"

// A Runtime is where models run.
type Runtime struct {
	Name string // for messages
	args []string
}

// Environment variables that Find reads.
const (
	RuntimeVariable = "TFLITE_QUANTIZE_RUNTIME"    // as the argument of Find
	helperVariable  = "TFLITE_QUANTIZE_RUN_TFLITE" // the program run_tflite
	helperName      = "run_tflite"                 // beside this program
	bazelLibrary    = "tflite_runtime/org/bytedeco/tensorflowlite/linux-x86_64/libjnitensorflowlite.so"
	bazelHelper     = "tflite_quantize/go/cmd/run_tflite/run_tflite_/run_tflite"
)

// ErrNoRuntime is matched by the error of Find where there is none.
var ErrNoRuntime = errors.New("no TensorFlow Lite runtime")

// Find returns the runtime at a path: a shared library with TensorFlow Lite's C API, or
// a Python that has the package ai-edge-litert, tflite-runtime or tensorflow. "" stands
// for the variable TFLITE_QUANTIZE_RUNTIME, else the library that comes with Bazel, else
// python3.
func Find(path string) (*Runtime, error) {
	if path == "" {
		path = os.Getenv(RuntimeVariable)
	}
	if path == "" {
		if library, err := runfiles.Find(bazelLibrary); err == nil {
			return ofLibrary(library)
		}
		return installed()
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w at %s: %w", ErrNoRuntime, path, errors.Unwrap(err))
	case info.IsDir():
		return nil, fmt.Errorf("%w at %s: a folder; %s", ErrNoRuntime, path, want)
	case isLibrary(path):
		return ofLibrary(path)
	}
	return ofPython(path), nil
}

const want = "want a shared library with TensorFlow Lite's C API, such as libtensorflowlite_c.so, or a Python that has the package ai-edge-litert, tflite-runtime or tensorflow"

func isLibrary(path string) bool {
	base := filepath.Base(path)
	return strings.Contains(base, ".so") || strings.HasSuffix(base, ".dylib") || strings.HasSuffix(base, ".dll")
}

func ofPython(python string) *Runtime {
	return &Runtime{Name: python, args: []string{python, "-c", sessionProgram, modules}}
}

func ofLibrary(library string) (*Runtime, error) {
	helper, err := helper()
	if err != nil {
		return nil, err
	}
	return &Runtime{Name: library, args: []string{helper, library}}, nil
}

// helper finds the program that loads libraries, which this one, a static program, cannot.
func helper() (string, error) {
	if path := os.Getenv(helperVariable); path != "" {
		return path, nil
	}
	if path, err := runfiles.Find(bazelHelper); err == nil {
		return path, nil
	}
	name := helperName
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if me, err := os.Executable(); err == nil {
		path := filepath.Join(filepath.Dir(me), name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: the program %s, which loads a runtime's library, is not beside this one: go build ./go/cmd/run_tflite makes it; a Python that has the package ai-edge-litert needs none", ErrNoRuntime, name)
}

// installed is the Python in PATH that has a runtime.
func installed() (*Runtime, error) {
	python, err := exec.LookPath("python3")
	if err == nil {
		err = exec.Command(python, "-c", probe).Run()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: python3 has none: pip install ai-edge-litert, or ./bazelw run //go/cmd:compare, which brings one, or --runtime PATH: %s", ErrNoRuntime, want)
	}
	return ofPython(python), nil
}

const probe = `import importlib.util, sys
sys.exit(not any(importlib.util.find_spec(m) for m in ("ai_edge_litert", "tflite_runtime", "tensorflow")))`

func (r *Runtime) command(ctx context.Context, model string, o Options) (*exec.Cmd, error) {
	path, err := filepath.Abs(model)
	if err != nil {
		return nil, err
	}
	args := append([]string{}, r.args[1:]...)
	args = append(args, path, fmt.Sprintf("--threads=%d", max(o.Threads, 1)))
	if o.XNNPACK {
		args = append(args, "--xnnpack")
	}
	if o.Signature != "" {
		args = append(args, "--signature="+o.Signature)
	}
	return exec.CommandContext(ctx, r.args[0], args...), nil
}
