package reference

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrNotBuilt is reported where a program is neither in the runfiles nor named by
// its environment variable.
var ErrNotBuilt = errors.New("reference program not found")

// A program is one of the two C++ programs.
type program struct {
	variable string // the environment variable that names it
	runfile  string // its path in the runfiles of a Bazel target
}

var (
	quantizeProgram = program{"TFLITE_QUANTIZE_REFERENCE", "tflite_quantize/parity/reference/cc/quantize_reference"}
	runProgram      = program{"TFLITE_QUANTIZE_RUNNER", "tflite_quantize/parity/reference/cc/run_model"}
)

// locate returns the program's path. The environment variable wins over the
// runfiles.
func (p program) locate() (string, error) {
	if path := os.Getenv(p.variable); path != "" {
		return path, nil
	}
	for _, root := range runfilesRoots() {
		path := filepath.Join(root, filepath.FromSlash(p.runfile))
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w, expected to run under Bazel (or set the variable to the program's path)", p.variable, ErrNotBuilt)
}

// runfilesRoots lists the folders that may hold runfiles: Bazel names them to
// tests, and puts them beside a program that it runs.
func runfilesRoots() []string {
	var roots []string
	for _, variable := range []string{"TEST_SRCDIR", "RUNFILES_DIR"} {
		if root := os.Getenv(variable); root != "" {
			roots = append(roots, root)
		}
	}
	return append(roots, os.Args[0]+".runfiles")
}
