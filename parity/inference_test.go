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
	for seed := range uint64(inferenceSeeds) {
		want, err := run.Run(float, seed)
		if err != nil {
			t.Logf("the runtime does not run the float model: %v", err)
			return
		}
		got, err := run.Run(ours, seed)
		if err != nil {
			t.Fatalf("seed %d: ours does not run: %v", seed, err)
		}
		var e infer.Error
		e.Add(want, got)
		t.Logf("seed %d: signal to noise %s", seed, &e)
		if undefined {
			continue
		}
		upstream, err := run.Run(theirs, seed)
		if err != nil {
			t.Fatalf("seed %d: upstream's file does not run: %v", seed, err)
		}
		if d := infer.Same(got, upstream); d != "" {
			t.Errorf("seed %d: %s", seed, d)
		}
	}
}
