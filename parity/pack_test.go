package parity

import (
	"flag"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/random"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

var (
	packs    = flag.Uint64("packs", 5000, "random models to pack")
	packSeed = flag.Uint64("pack_seed", 0, "seed of the first random model to pack")
)

// Random models of every table and field of the schema pack to upstream's bytes.
func TestPackRandomModels(t *testing.T) {
	upstream := quantizer(t)
	for seed := *packSeed; seed < *packSeed+*packs; seed++ {
		r, err := compare.Quantize(upstream, random.Model(seed), cases.PackOnly)
		if err != nil {
			t.Fatal(err)
		}
		if r.Outcome != outcome.Equal {
			t.Fatalf("seed %d (again with -packs=1 -pack_seed=%d): %v", seed, seed, r)
		}
	}
}
