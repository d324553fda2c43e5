package convert

import (
	"errors"
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels/networks"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

var (
	randomModels = flag.Uint64("saved_models", 500, "random SavedModels to quantize")
	modelSeed    = flag.Uint64("saved_model_seed", 0, "seed of the first random SavedModel")
)

// quantized are the ways to quantize, by the converter's and ours.
var quantized = map[reference.Weights]mlir.Options{
	reference.Int8Weights:          {Variant: mlir.Converter},
	reference.Int8PerTensorWeights: {Variant: mlir.Converter, PerTensor: true},
	reference.Float16Weights:       {Variant: mlir.Converter, Float16: true},
}

var fullSize = flag.Bool("full_size", false, "networks have as many channels as those that are in use, not a quarter")

// Every unit of the converter's own quantized file is that of quantizing its float file.
func TestUnitsAreTheConverters(t *testing.T) {
	c := converter(t)
	for _, n := range networks.All(*fullSize) {
		dir := save(t, n.Graph)
		for w, o := range quantized {
			t.Run(n.Name+"/"+string(w), func(t *testing.T) {
				r, err := units.Convert(c, dir, keys(n.Graph), o)
				if err != nil {
					t.Fatal(err)
				}
				if !r.Good() || !o.Float16 && r.Equal != n.Units {
					t.Errorf("%v, want %d", &r, n.Units)
				}
			})
		}
	}
}

// The command makes them of a SavedModel at once.
func TestTheCommandTakesTheConvertersRecipes(t *testing.T) {
	c := converter(t)
	for _, m := range models[:3] {
		dir := save(t, m.graphs...)
		float := read(t, converted(t, dir))
		for recipe, w := range map[string]reference.Weights{"converter": reference.Int8Weights, "converter_float16": reference.Float16Weights} {
			ours := read(t, converted(t, dir, "--post_training_quantize", "--recipe="+recipe))
			theirs, err := c.Convert(dir, w, keys(m.graphs[0])...)
			if err != nil {
				t.Fatal(err)
			}
			if r := units.Compare(float, ours, read(t, theirs)); !r.Good() || r.Equal == 0 {
				t.Errorf("%s, %s: %v", m.name, recipe, &r)
			}
		}
	}
}

// Of weights that are nothing but NaN, the converter's scales are NaN and its zero points
// any, which no runtime computes with; ours are those of zeros. The values are equal.
func TestNothingButNaN(t *testing.T) {
	c := converter(t)
	graph := networks.NaN()
	dir := save(t, graph)
	for _, w := range []reference.Weights{reference.Int8Weights, reference.Int8PerTensorWeights} {
		r, err := units.Convert(c, dir, keys(graph), quantized[w])
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Missing) != 1 || len(r.Extra) != 1 || !strings.HasPrefix(r.Extra[0].Scales, "[NaN") || r.Extra[0].Data != r.Missing[0].Data {
			t.Errorf("%s: %v", w, &r)
		}
	}
}

const mostFailures = 10

// The same for random layers, of which the converter is not known to survive all.
func TestUnitsOfRandomModelsAreTheConverters(t *testing.T) {
	c := converter(t)
	ways := slices.Sorted(maps.Keys(quantized))
	good, equal, failures := 0, 0, 0
	refused := map[string]int{}
	dir := t.TempDir()
	for seed := *modelSeed; seed < *modelSeed+*randomModels && failures < mostFailures; seed++ {
		graph := networks.Random(seed)
		if err := (savedmodels.Model{graph}).Save(dir); err != nil {
			t.Fatal(err)
		}
		// Two of four in int8 as users have it.
		w := append(ways, reference.Int8Weights)[seed%4]
		r, err := units.Convert(c, dir, keys(graph), quantized[w])
		switch {
		case errors.Is(err, units.ErrUpstream):
			refused[err.Error()]++
		case err != nil:
			t.Fatalf("seed %d, %s: %v", seed, w, err)
		case !r.Good():
			failures++
			t.Errorf("seed %d, %s: %v", seed, w, &r)
		default:
			good++
			equal += r.Equal
		}
	}
	t.Logf("%d models with %d equal units; the converter makes no file of others: %v", good, equal, refused)
	if equal == 0 {
		t.Error("not one unit was equal")
	}
}

func converter(t *testing.T) *reference.Converter {
	c := new(reference.Converter)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// keys are those of a graph's signatures.
func keys(g savedmodels.Graph) []string { return slices.Sorted(maps.Keys(g.Signatures)) }
