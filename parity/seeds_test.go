package parity

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/tflitetest"
)

var seedsTo = flag.String("seeds", "", "write the seeds of fuzzing to this folder, go/tflite/tflitetest/seeds")

// seedOperators is how many operators of a model are enough for a seed.
const seedOperators = 12

// Every real model leaves a small seed that is valid and has something to quantize
// where the model has.
func TestRealModelsLeaveSeeds(t *testing.T) {
	for _, c := range realModels(t) {
		if c.Name == "birdnet" { // its licence is not for that
			continue
		}
		data, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := tflite.Read(data)
		if err != nil {
			t.Fatal(c.Name, err)
		}
		seed, err := tflite.Write(tflitetest.Cut(m, seedOperators))
		if err != nil {
			t.Fatal(c.Name, err)
		}
		cut, err := tflite.Read(seed)
		if err != nil || len(seed) > 16<<10 {
			t.Errorf("%s: a seed of %d bytes, %v", c.Name, len(seed), err)
			continue
		}
		whole, part := mustPlan(t, m, quantize.Options{MinElements: 1}), mustPlan(t, cut, quantize.Options{MinElements: 1})
		if len(whole.Encoded) > 0 && len(part.Encoded) == 0 {
			t.Errorf("%s: nothing is left to quantize", c.Name)
		}
		if *seedsTo != "" {
			if err := os.WriteFile(filepath.Join(*seedsTo, c.Name+".tflite"), seed, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
