// Package runtimes has the runtimes that people have, and says of a file what each
// makes of it. Its tests are the facts about broken files.
package runtimes

import (
	"errors"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Names of the runtimes.
const (
	C             = "TFLite 2.18" // builtin kernels; no signatures
	LiteRT        = "LiteRT 2.3"  // builtin kernels
	LiteRTXNNPACK = "LiteRT 2.3, XNNPACK"
	Old           = "TFLite 2.14" // builtin kernels
	OldXNNPACK    = "TFLite 2.14, XNNPACK"
	TensorFlow    = "TensorFlow 2.21, XNNPACK"
	Micro         = "TFLite Micro"
)

// A Runtime runs models. Its zero Runner is that of the C runtime.
type Runtime struct {
	Name string
	*reference.Runner
}

// All returns all runtimes, the C runtime first.
func All() []Runtime {
	return []Runtime{
		{C, new(reference.Runner)},
		{LiteRT, interpreter.LiteRT.NewRunner(interpreter.NoDelegate)},
		{LiteRTXNNPACK, interpreter.LiteRT.NewRunner(interpreter.XNNPACK)},
		{Old, interpreter.TFLite2_14.NewRunner(interpreter.NoDelegate)},
		{OldXNNPACK, interpreter.TFLite2_14.NewRunner(interpreter.XNNPACK)},
	}
}

// Fetched returns those that PyPI is asked for when they are first used.
func Fetched() []Runtime {
	return []Runtime{
		{TensorFlow, interpreter.TensorFlow.NewRunner(interpreter.XNNPACK)},
		MicroRuntime(),
	}
}

// MicroRuntime is that of Fetched which is small.
func MicroRuntime() Runtime {
	return Runtime{Micro, interpreter.Micro.NewRunner(interpreter.NoDelegate)}
}

// shared are the runtimes of all tests of a program: it takes a second to start them.
var shared = All()

// ForTest returns all runtimes, whose processes a program's tests share. The test is
// skipped outside Bazel where there are none.
func ForTest(t testing.TB) []Runtime {
	for _, r := range shared {
		if _, err := r.Runner.Run(nil, 0); errors.Is(err, reference.ErrNotBuilt) && os.Getenv("TEST_SRCDIR") == "" {
			t.Skip(err)
		}
	}
	return shared
}

// An Outcome is what a runtime makes of a file.
type Outcome string

// The outcomes.
const (
	Right   Outcome = "right"   // the outputs are those of the float model, to Trial.Decibels
	Wrong   Outcome = "wrong"   // they are others
	Refused Outcome = "refused" // an error when it is loaded or run
	Crashed Outcome = "crashed"
)

// A Trial runs a file.
type Trial struct {
	Signature string             // its key; "" runs the first subgraph
	Inputs    []reference.Tensor // nil for those of a seed
	Want      []reference.Tensor // outputs of the float model
	Decibels  float64            // the least ratio of signal to noise that is right
}

// Run runs a file and returns its outputs.
func (c Trial) Run(r Runtime, file []byte) ([]reference.Tensor, error) {
	const seed = 1
	switch {
	case c.Signature != "" && c.Inputs == nil:
		return r.RunSignature(file, c.Signature, seed)
	case c.Signature != "":
		return r.RunSignatureInputs(file, c.Signature, c.Inputs)
	case c.Inputs == nil:
		return r.Runner.Run(file, seed)
	}
	return r.RunInputs(file, c.Inputs)
}

// Outcome says what the runtime makes of a file, and why in words.
func (c Trial) Outcome(r Runtime, file []byte) (Outcome, string) {
	return c.Judge(c.Run(r, file))
}

// Judge says what a run's outputs, or its error, are, and why in words.
func (c Trial) Judge(got []reference.Tensor, err error) (Outcome, string) {
	switch {
	case errors.Is(err, reference.ErrCrashed):
		return Crashed, err.Error()
	case err != nil:
		return Refused, err.Error()
	case len(got) != len(c.Want):
		return Wrong, fmt.Sprintf("%d outputs, want %d", len(got), len(c.Want))
	}
	for i := range got {
		if got[i].Type != c.Want[i].Type || len(got[i].Data) != len(c.Want[i].Data) {
			return Wrong, fmt.Sprintf("output %s has type %v and shape %v, want %v and %v", got[i].Name, got[i].Type, got[i].Shape, c.Want[i].Type, c.Want[i].Shape)
		}
	}
	if infer.Same(got, c.Want) == "" {
		return Right, "the same"
	}
	var e infer.Error
	infer.Add(&e, c.Want, got)
	if e.Decibels() >= c.Decibels {
		return Right, e.String()
	}
	if math.IsNaN(e.Noise) {
		return Wrong, "outputs are not numbers"
	}
	return Wrong, e.String()
}
