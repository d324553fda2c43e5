package reference

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// RunFile is RunInputs for a model in a file, of any size, by a process of its
// own; seed 0 makes the inputs where none are given. run_model takes no data from
// after the FlatBuffer.
func (r *Runner) RunFile(path string, inputs []Tensor) ([]Tensor, error) {
	run, err := r.command()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, encodeTensors(inputs), 0o666); err != nil {
		return nil, err
	}
	var stderr strings.Builder
	run.Args = append(run.Args, "--inputs="+in, path, out)
	run.Stderr = &stderr
	var exit *exec.ExitError
	switch err := run.Run(); {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return nil, &RunError{strings.TrimSpace(stderr.String())}
	case err != nil:
		return nil, fmt.Errorf("%w: %v: %s", ErrCrashed, err, stderr.String())
	}
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	return decodeTensors(data)
}
