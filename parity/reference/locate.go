package reference

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// ErrNotBuilt is reported where a program is neither in the runfiles nor named by
// its environment variable.
var ErrNotBuilt = errors.New("reference program not found")

// A program is one of the C++ programs.
type program struct {
	variable string // the environment variable that names it
	runfile  string // its path in the runfiles of a Bazel target
}

var (
	quantizeProgram = program{"TFLITE_QUANTIZE_REFERENCE", "tflite_quantize/parity/reference/cc/quantize_reference"}
	convertProgram  = program{"TFLITE_QUANTIZE_CONVERT_REFERENCE", "tflite_quantize/parity/reference/cc/convert_reference"}
	runProgram      = program{"TFLITE_QUANTIZE_RUNNER", "tflite_quantize/parity/reference/cc/run_model"}
)

// locate returns the program's path. The environment variable wins over the
// runfiles.
func (p program) locate() (string, error) {
	if path := os.Getenv(p.variable); path != "" {
		return path, nil
	}
	path, err := runfiles.Find(p.runfile)
	if err != nil {
		return "", fmt.Errorf("%s: %w, expected to run under Bazel (or set the variable to the program's path)", p.variable, ErrNotBuilt)
	}
	return path, nil
}

// command returns the command that runs the program.
func (p program) command() (*exec.Cmd, error) {
	path, err := p.locate()
	if err != nil {
		return nil, err
	}
	return exec.Command(path), nil
}
