package parity

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/seeds"
)

var seedsTo = flag.String("seeds", "", "write the seeds of fuzzing to this folder, internal/synthetic/seeds")

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
		seed, err := tflite.Write(seeds.Cut(m, seedOperators))
		if err != nil {
			t.Fatal(c.Name, err)
		}
		cut, err := tflite.Read(seed)
		if err != nil || len(seed) > 16<<10 {
			t.Errorf("%s: a seed of %d bytes, %v", c.Name, len(seed), err)
			continue
		}
		if quantizesSomething(t, m) && !quantizesSomething(t, cut) {
			t.Errorf("%s: nothing is left to quantize", c.Name)
		}
		if *seedsTo != "" {
			if err := os.WriteFile(filepath.Join(*seedsTo, c.Name+".tflite"), seed, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// quantizesSomething reports whether a weight becomes int8 with the least minimum.
func quantizesSomething(t *testing.T, m *tflite.ModelT) bool {
	out := mustRead(t, mustQuantize(t, m, everything))
	for i, sg := range m.Subgraphs {
		for j, tensor := range sg.Tensors {
			if tensor.Type != out.Subgraphs[i].Tensors[j].Type {
				return true
			}
		}
	}
	return false
}
