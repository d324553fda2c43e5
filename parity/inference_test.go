package parity

import (
	"bytes"
	"testing"

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
		t.Logf("seed %d: signal to noise %s", seed, noise(want, got))
		if undefined {
			continue
		}
		upstream, err := run.Run(theirs, seed)
		if err != nil {
			t.Fatalf("seed %d: upstream's file does not run: %v", seed, err)
		}
		sameOutputs(t, seed, got, upstream)
	}
}

func sameOutputs(t *testing.T, seed uint64, got, want []reference.Tensor) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("seed %d: %d outputs, upstream's file gives %d", seed, len(got), len(want))
	}
	for i := range got {
		if !bytes.Equal(got[i].Data, want[i].Data) {
			t.Errorf("seed %d: output %d %q is not what upstream's file gives", seed, i, got[i].Name)
		}
	}
}
