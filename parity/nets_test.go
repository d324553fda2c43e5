package parity

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Networks of the usual shapes become upstream's files, and compute what
// upstream's files compute.
func TestNets(t *testing.T) {
	upstream, run := quantizer(t), runner(t)
	for _, c := range cases.Nets() {
		t.Run(c.Name, func(t *testing.T) {
			file := c.Model().Bytes()
			for _, o := range c.Options {
				t.Run(cases.Describe(o), func(t *testing.T) {
					compareNet(t, upstream, run, file, o)
				})
			}
		})
	}
}

func compareNet(t *testing.T, upstream *reference.Quantizer, run *reference.Runner, file []byte, o quantize.Options) {
	r := expectEqual(t, upstream, file, o)
	ours := mustQuantize(t, mustRead(t, file), o)
	if len(ours) >= len(file) {
		t.Errorf("%d bytes become %d: nothing was quantized", len(file), len(ours))
	}
	c, err := infer.Compare(run, file, ours, r.Upstream, 1)
	for _, err := range []error{err, c.FloatErr, c.UpstreamErr} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if c.Difference != "" {
		t.Error(c.Difference)
	}
	t.Logf("%d bytes become %d, signal to noise %s", len(file), len(ours), &c.Noise)
}
