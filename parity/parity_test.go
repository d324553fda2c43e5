package parity

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
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

// expectEqual fails the test where our file is not upstream's, byte for byte.
func expectEqual(t testing.TB, q *reference.Quantizer, file []byte, o quantize.Options) compare.Result {
	t.Helper()
	r, err := compare.Quantize(q, file, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Outcome != outcome.Equal {
		t.Fatalf("%s: %v", cases.Describe(o), r)
	}
	return r
}

func mustRead(t testing.TB, file []byte) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustQuantize(t testing.TB, m *tflite.ModelT, o quantize.Quantizer) []byte {
	t.Helper()
	out, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
