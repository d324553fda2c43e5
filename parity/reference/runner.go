package reference

import (
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// A Runner runs models with a runtime. The zero value is ready to use, also by
// several goroutines, whose calls take turns: it runs them with TensorFlow Lite's,
// one thread, builtin kernels, no delegate.
type Runner struct {
	// Command makes the command of a program that takes the arguments of run_model
	// (cc/run.cc), which are appended; nil for run_model itself.
	Command func() (*exec.Cmd, error)

	// Timeout for one model, 0 for DefaultTimeout.
	Timeout time.Duration

	server server
}

// Run runs the model once on inputs made from the seed and returns all outputs in
// order. The same seed gives the same inputs: floats in [-1, 1), 8-bit and 16-bit
// integers in their whole range, wider integers and booleans 0 or 1; input
// dimensions that are open become 1. Its errors are a *RunError where the runtime
// refuses the model, a *RequestError for an input that has no seeded values,
// ErrCrashed, ErrTimeout and ErrNotBuilt.
func (r *Runner) Run(model []byte, seed uint64) ([]Tensor, error) {
	return r.call([]string{seedFlag(seed)}, model, nil)
}

// RunInputs is Run with one given tensor per input, which is resized to its shape.
// A tensor that does not fit is a *RequestError or a *RunError.
func (r *Runner) RunInputs(model []byte, inputs []Tensor) ([]Tensor, error) {
	return r.call(nil, model, encodeTensors(inputs))
}

// RunSignature is Run for the signature of this key. Inputs, and the outputs that
// it returns, are in the order of their names in the signature, which outputs have
// as theirs. run_model knows no signatures and makes it a *RequestError.
func (r *Runner) RunSignature(model []byte, key string, seed uint64) ([]Tensor, error) {
	return r.call([]string{signatureFlag(key), seedFlag(seed)}, model, nil)
}

// RunSignatureInputs is RunSignature with one given tensor per input, which has the
// input's name.
func (r *Runner) RunSignatureInputs(model []byte, key string, inputs []Tensor) ([]Tensor, error) {
	return r.call([]string{signatureFlag(key)}, model, encodeTensors(inputs))
}

// RunEach is RunInputs for each list of inputs, with a model that is loaded once and
// whose variables are reset. The lists have the same length. run_model knows only single
// runs and makes it a *RequestError.
func (r *Runner) RunEach(model []byte, inputs [][]Tensor) ([][]Tensor, error) {
	outputs, err := r.call([]string{fmt.Sprintf("--runs=%d", len(inputs))}, model, encodeTensors(slices.Concat(inputs...)))
	if err != nil {
		return nil, err
	}
	if len(outputs)%len(inputs) != 0 {
		return nil, fmt.Errorf("%d outputs of %d runs, expected as many of each", len(outputs), len(inputs))
	}
	return slices.Collect(slices.Chunk(outputs, max(1, len(outputs)/len(inputs)))), nil
}

func seedFlag(seed uint64) string { return fmt.Sprintf("--seed=%d", seed) }

func signatureFlag(key string) string { return "--signature=" + key }

// Close ends the process. The Runner can still be used; it starts another.
func (r *Runner) Close() error { return r.server.close() }

func (r *Runner) call(flags []string, model, inputs []byte) ([]Tensor, error) {
	resp, err := r.server.call(r.command, r.Timeout, flags, model, inputs)
	if err != nil {
		return nil, err
	}
	if resp.code != 0 {
		return nil, &RunError{resp.message}
	}
	return decodeTensors(resp.body)
}

// command returns the command of the runtime.
func (r *Runner) command() (*exec.Cmd, error) {
	if r.Command == nil {
		return runProgram.command()
	}
	return r.Command()
}
