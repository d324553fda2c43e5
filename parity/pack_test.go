package parity

import (
	"flag"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/tflitetest"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

var (
	packs    = flag.Uint64("packs", 5000, "random models to pack")
	packSeed = flag.Uint64("pack_seed", 0, "seed of the first random model to pack")
)

// With a minimum that no weight reaches, upstream only packs a model again and
// sets versions.
const nothing = 1 << 62

// Models made from the schema, of every table and field, pack to upstream's bytes.
func TestPackRandomModels(t *testing.T) {
	upstream := quantizer(t)
	for seed := *packSeed; seed < *packSeed+*packs; seed++ {
		model := tflitetest.Random(seed)
		m, err := tflite.Read(model)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got, err := quantize.Bytes(m, quantize.Options{MinElements: nothing})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want, err := upstream.Quantize(model, reference.Options{MinElements: nothing})
		if err != nil {
			t.Fatalf("seed %d: upstream: %v", seed, err)
		}
		if d := diff.First(got, want); d != "" {
			t.Fatalf("seed %d (again with -packs=1 -pack_seed=%d): %s", seed, seed, d)
		}
	}
}
