package parity

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// quantizer returns upstream's process, ended with the test.
func quantizer(t testing.TB) *reference.Quantizer {
	q := new(reference.Quantizer)
	t.Cleanup(func() { q.Close() })
	return q
}

// runner returns a process of the TFLite runtime, ended with the test.
func runner(t testing.TB) *reference.Runner {
	r := new(reference.Runner)
	t.Cleanup(func() { r.Close() })
	return r
}

func mustPlan(t testing.TB, m *tflite.ModelT, o quantize.Options) *quantize.Plan {
	t.Helper()
	p, err := quantize.NewPlan(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustQuantize(t testing.TB, m *tflite.ModelT, o quantize.Options) []byte {
	t.Helper()
	out, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
