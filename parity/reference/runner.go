package reference

import (
	"fmt"
	"time"
)

// A Runner runs models with the TensorFlow Lite runtime: one thread, builtin
// kernels, no delegate. The zero value is ready to use, also by several
// goroutines, whose calls take turns.
type Runner struct {
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
	return r.call([]string{fmt.Sprintf("--seed=%d", seed)}, model, nil)
}

// RunInputs is Run with one given tensor per input, which is resized to its shape.
// A tensor that does not fit is a *RequestError or a *RunError.
func (r *Runner) RunInputs(model []byte, inputs []Tensor) ([]Tensor, error) {
	return r.call(nil, model, encodeTensors(inputs))
}

// Close ends the process. The Runner can still be used; it starts another.
func (r *Runner) Close() error { return r.server.close() }

func (r *Runner) call(flags []string, model, inputs []byte) ([]Tensor, error) {
	resp, err := r.server.call(runProgram, r.Timeout, flags, model, inputs)
	if err != nil {
		return nil, err
	}
	if resp.code != 0 {
		return nil, &RunError{resp.message}
	}
	return decodeTensors(resp.body)
}
