package reference

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
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
	if path := Runfile(p.runfile); path != "" {
		return path, nil
	}
	return "", fmt.Errorf("%s: %w, expected to run under Bazel (or set the variable to the program's path)", p.variable, ErrNotBuilt)
}

// command returns the command that runs the program.
func (p program) command() (*exec.Cmd, error) {
	path, err := p.locate()
	if err != nil {
		return nil, err
	}
	return exec.Command(path), nil
}

// Runfile returns the path of a file or folder that is in the runfiles, and "" for
// others. Its name, with slashes, begins with that of its repository.
func Runfile(name string) string {
	for _, root := range runfilesRoots() {
		path := filepath.Join(root, filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
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
