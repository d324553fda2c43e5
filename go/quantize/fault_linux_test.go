package quantize

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
)

// Large data that stay as they are are copied from the mapping: where they are
// gone, that is an error of reading.
func TestDataThatAreGoneAreNoErrorOfTheOutput(t *testing.T) {
	file, err := tflite.Write(largeSample())
	if err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(t.TempDir(), "model")
	if err := os.WriteFile(in, file, 0o644); err != nil {
		t.Fatal(err)
	}
	m := mapped(t, in)
	p, err := NewPlan(m, Options{MinElements: math.MaxInt64})
	if err != nil {
		t.Fatal(err)
	}
	f, err := output.Create(in + ".out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	err = write(p.Model, fixed{p}, newRun(nil), func(int64) (stream.Target, stream.Input, error) {
		return stream.Target{File: outputFile{f, in + ".out"}}, nil, os.Truncate(in, 0)
	})
	var fault *mapping.Fault
	if !errors.As(err, &fault) || errors.Is(err, ErrWrite) {
		t.Errorf("%v, want a fault", err)
	}
}
