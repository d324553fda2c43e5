package parity

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

const inferenceSeeds = 2

// compareRuns runs both quantized files on the same inputs: their outputs are
// the same bits. Ours must run wherever the float model does, also where
// upstream's bytes are undefined and its file need not load.
func compareRuns(t *testing.T, run *reference.Runner, float, ours, theirs []byte, undefined bool) {
	t.Helper()
	c, err := infer.Compare(run, float, ours, theirs, inferenceSeeds)
	switch {
	case err != nil:
		t.Fatal(err)
	case c.FloatErr != nil:
		t.Logf("the runtime does not run the float model: %v", c.FloatErr)
		return
	case undefined:
	case c.UpstreamErr != nil:
		t.Errorf("upstream's file does not run: %v", c.UpstreamErr)
	case c.Difference != "":
		t.Error(c.Difference)
	}
	t.Logf("signal to noise %s", &c.Noise)
}
