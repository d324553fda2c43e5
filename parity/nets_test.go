package parity

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/models"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Networks of the usual shapes become upstream's files, and compute what
// upstream's files compute.
func TestNets(t *testing.T) {
	upstream, run := quantizer(t), runner(t)
	for _, c := range models.Nets() {
		t.Run(c.Name, func(t *testing.T) {
			file := c.Model().Bytes()
			float, err := run.Run(file, 0)
			if err != nil {
				t.Fatalf("the float model does not run: %v", err)
			}
			for _, o := range c.Options {
				t.Run(models.Describe(o), func(t *testing.T) {
					compareNet(t, upstream, run, file, float, o)
				})
			}
		})
	}
}

func compareNet(t *testing.T, upstream *reference.Quantizer, run *reference.Runner, file []byte, float []reference.Tensor, o quantize.Options) {
	theirs, err := upstream.Quantize(file, check.Equivalent(o))
	if err != nil {
		t.Fatal(err)
	}
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, d := check.File(m, o, theirs); got != check.Equal {
		t.Fatalf("%v: %s", got, d)
	}
	ours := mustQuantize(t, m, o)
	if len(ours) >= len(file) {
		t.Errorf("%d bytes become %d: nothing was quantized", len(file), len(ours))
	}
	got, err := run.Run(ours, 0)
	if err != nil {
		t.Fatalf("ours does not run: %v", err)
	}
	want, err := run.Run(theirs, 0)
	if err != nil {
		t.Fatalf("upstream's file does not run: %v", err)
	}
	if d := infer.Same(got, want); d != "" {
		t.Error(d)
	}
	var e infer.Error
	e.Add(float, got)
	t.Logf("%d bytes become %d, signal to noise %s", len(file), len(ours), &e)
}
