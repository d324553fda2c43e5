package quantize_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// Weights that were not quantized before are an error that names them, and no file.
func TestWeightsThatCannotBeRecoveredAreNamed(t *testing.T) {
	o := litert.Options{Recipe: []litert.Rule{{
		Regex: ".*", Operation: litert.AllOperations, Algorithm: litert.Recovery,
		Config: litert.Config{Bits: 8, Granularity: litert.ChannelWise, Dynamic: true},
	}}}
	const place = `subgraph 0, operator 0 (CONV_2D), input 1, tensor 1 "conv/filter": its values are no integers times a scale`
	_, err := quantize.Bytes(synthetic.Sample(), o)
	if !errors.Is(err, quantize.ErrModel) || !strings.Contains(err.Error(), place) {
		t.Errorf("%v, want %s", err, place)
	}
	in, out := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(in, synthetic.SampleFile(), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := quantize.File(in, out, o); !errors.Is(err, quantize.ErrModel) {
		t.Error(err)
	}
	if files, _ := filepath.Glob(out); len(files) > 0 {
		t.Error("there is a file")
	}
}
