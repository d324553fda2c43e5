package parity

import (
	"bytes"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

func realModels(t testing.TB) []models.Model {
	t.Helper()
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Real models become upstream's files, and compute what upstream's files compute.
func TestCorpus(t *testing.T) {
	upstream, run := [2]*reference.Quantizer{quantizer(t), quantizer(t)}, runner(t)
	for _, c := range realModels(t) {
		model, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range cases.WholeModelModes() {
			t.Run(c.Name+"/"+mode.Name, func(t *testing.T) {
				m := mustRead(t, model)
				ours := mustQuantize(t, m, mode.Options)
				if !bytes.Equal(ours, mustQuantize(t, m, mode.Options)) {
					t.Error("two runs of ours give different files")
				}
				var r compare.Result
				for i, q := range upstream { // two processes: two orders
					if r, err = compare.Quantize(q, model, mode.Options); err != nil {
						t.Fatal(err)
					}
					if r.Outcome != outcome.Equal && r.Outcome != outcome.EqualDefined {
						t.Fatalf("upstream's process %d: %v", i, r)
					}
				}
				t.Logf("%d bytes become %d: %v", len(model), len(ours), r)
				compareRuns(t, run, model, ours, r.Upstream, r.Outcome == outcome.EqualDefined)
			})
		}
	}
}
