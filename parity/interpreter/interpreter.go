// Package interpreter runs models in the interpreters for Python from PyPI: LiteRT's,
// and TensorFlow Lite's last one, which many devices still have.
//
// They come as runfiles of this library. Outside Bazel, TFLITE_QUANTIZE_LITERT and
// TFLITE_QUANTIZE_TFLITE_2_14 name the folders with the Python packages, separated as
// in PYTHONPATH. Python 3.11 is expected as python3.11 in PATH; the interpreters are for
// x86-64 Linux. TensorFlow's interpreter and TFLite Micro's are fetched from PyPI.
package interpreter

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/pyenv"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

//go:embed run_model.py
var runModel string

//go:embed micro.py
var microModule string

//go:embed tensorflow.txt
var tensorflowPackages []byte

//go:embed micro.txt
var microPackages []byte

// A Release is a release of an interpreter.
type Release struct {
	module   string   // with the class Interpreter
	variable string   // the environment variable that names the packages' folders
	packages []string // those folders in the runfiles

	environment pyenv.Environment // that has the packages instead, where its name is not empty
	adapter     string            // Python code that defines the module, where no package has it
}

// The releases that there are.
var (
	LiteRT     = Release{module: "ai_edge_litert.interpreter", variable: "TFLITE_QUANTIZE_LITERT", packages: []string{"litert", "numpy"}}
	TFLite2_14 = Release{module: "tflite_runtime.interpreter", variable: "TFLITE_QUANTIZE_TFLITE_2_14", packages: []string{"tflite_2_14", "numpy"}}

	// These come from PyPI when they are first used, and need what package pyenv needs.
	TensorFlow = Release{module: "tensorflow.lite.python.interpreter", environment: pyenv.Environment{Name: "tensorflow-interpreter", Requirements: tensorflowPackages}}
	Micro      = Release{module: "micro_interpreter", environment: pyenv.Environment{Name: "tflite-micro", Requirements: microPackages}, adapter: microModule} // without delegates
)

// A Delegate is what a model is given to before the builtin kernels get the rest.
type Delegate bool

// The delegates that there are.
const (
	NoDelegate Delegate = false
	XNNPACK    Delegate = true // by default in both releases
)

// NewRunner returns a runner, of one thread, that also runs signatures.
func (r Release) NewRunner(d Delegate) *reference.Runner {
	return &reference.Runner{Command: func() (*exec.Cmd, error) { return r.command(d) }}
}

// Python is the program of a release that PyPI is asked for, with the release's packages.
func (r Release) Python() (string, error) { return r.environment.Python() }

func (r Release) command(d Delegate) (*exec.Cmd, error) {
	c, err := r.python(runModel)
	if err == nil && d == NoDelegate {
		c.Args = append(c.Args, "--no-delegate")
	}
	return c, err
}

// python runs a program whose first argument is the module.
func (r Release) python(program string) (*exec.Cmd, error) {
	path, err := r.PythonPath()
	if err != nil {
		return nil, err
	}
	// -S and -s keep away the packages that the machine has.
	c := exec.Command("python3.11", "-S", "-s", "-c", r.adapter+program, r.module)
	c.Env = append(os.Environ(), "PYTHONPATH="+path, "PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0")
	return c, nil
}

// PythonPath returns the folders of the packages. The environment variable wins over
// the runfiles.
func (r Release) PythonPath() (string, error) {
	if r.environment.Name != "" {
		return r.environment.Packages()
	}
	if path := os.Getenv(r.variable); path != "" {
		return path, nil
	}
	var folders []string
	for _, name := range r.packages {
		folder, err := runfiles.Find(name)
		if err != nil {
			return "", fmt.Errorf("%s: %w, expected to run under Bazel (or set the variable to the folders of the packages)", r.variable, reference.ErrNotBuilt)
		}
		folders = append(folders, folder)
	}
	return strings.Join(folders, string(os.PathListSeparator)), nil
}
