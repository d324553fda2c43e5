package parity

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/corpus"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

func realModels(t testing.TB) []corpus.Model {
	t.Helper()
	list, err := corpus.Models()
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
		for _, mode := range corpus.Modes() {
			t.Run(c.Name+"/"+mode.Name, func(t *testing.T) {
				m, err := tflite.Read(model)
				if err != nil {
					t.Fatal(err)
				}
				plan := mustPlan(t, m, mode.Options)
				ours := mustQuantize(t, m, mode.Options)
				if !bytes.Equal(ours, mustQuantize(t, m, mode.Options)) {
					t.Error("two runs of ours give different files")
				}
				if len(plan.Undefined) > 0 {
					t.Logf("upstream's bytes are undefined: %s", strings.Join(plan.Undefined, "; "))
				}
				var theirs []byte
				for i, q := range upstream { // two processes: two orders
					theirs, err = q.Quantize(model, check.Upstream(mode.Options))
					if err != nil {
						t.Fatalf("upstream: %v", err)
					}
					if outcome, why := check.File(m, mode.Options, theirs); outcome == check.Different {
						t.Fatalf("upstream's process %d: %s", i, why)
					}
				}
				t.Logf("%d bytes become %d", len(model), len(ours))
				compareRuns(t, run, model, ours, theirs, len(plan.Undefined) > 0)
			})
		}
	}
}
