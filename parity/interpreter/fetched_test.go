package interpreter_test

import (
	"flag"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

var fetched = flag.Bool("fetched", false, "also run the interpreters that PyPI is asked for: they take a network, and 1.5 GB of disk")

// The interpreters from PyPI answer as those that Bazel fetches do.
func TestFetchedInterpretersRunModels(t *testing.T) {
	if !*fetched {
		t.Skip("needs a network: asked for by -fetched")
	}
	model := negation().Bytes()
	c := new(reference.Runner)
	t.Cleanup(func() { c.Close() })
	want, err := c.Run(model, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, release := range map[string]interpreter.Release{"TensorFlow": interpreter.TensorFlow, "Micro": interpreter.Micro} {
		t.Run(name, func(t *testing.T) {
			r := release.NewRunner(interpreter.NoDelegate)
			t.Cleanup(func() { r.Close() })
			got, err := r.Run(model, 1)
			if err != nil {
				t.Fatal(err)
			}
			if d := infer.Same(got, want); d != "" {
				t.Error(d)
			}
			if _, err := r.Run([]byte("no model"), 1); err == nil {
				t.Error("a file that is no model runs")
			}
		})
	}
}
