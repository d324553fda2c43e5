package convert

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

var randomModels = flag.Uint64("saved_models", 3, "random SavedModels to quantize")

// Every unit of the converter's own quantized file is that of quantizing its float file.
func TestUnitsAreTheConverters(t *testing.T) {
	c := converter(t)
	for _, n := range networks() {
		t.Run(n.name, func(t *testing.T) { compareUnits(t, c, n.graph, n.units) })
	}
}

// The same for random layers with values that lie on borders of rounding.
func TestUnitsOfRandomModelsAreTheConverters(t *testing.T) {
	c := converter(t)
	for seed := range *randomModels {
		graph, layers := randomGraph(rand.New(rand.NewPCG(seed, 0)))
		compareUnits(t, c, graph, layers)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
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

// quantized are the ways to quantize, by the converter and by ours.
var quantized = map[reference.Weights]mlir.Options{
	reference.Int8Weights:          {Variant: mlir.Converter},
	reference.Int8PerTensorWeights: {Variant: mlir.Converter, PerTensor: true},
	reference.Float16Weights:       {Variant: mlir.Converter, Float16: true},
}

// compareUnits compares the units in all modes, and the number of those in int8.
func compareUnits(t *testing.T, c *reference.Converter, g savedmodels.Graph, want int) {
	t.Helper()
	dir := save(t, g)
	var signatures []string
	for key := range g.Signatures {
		signatures = append(signatures, key)
	}
	source := fileOf(t, c, dir, reference.FloatWeights, signatures)
	for weights, options := range quantized {
		theirs := fileOf(t, c, dir, weights, signatures)
		file, err := quantize.Bytes(source, options)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := tflite.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		r := units.Compare(source, ours, theirs)
		if !r.Good() || (!options.Float16 && r.Equal != want) {
			t.Errorf("%s: %v, want %d", weights, &r, want)
		}
	}
}

func fileOf(t *testing.T, c *reference.Converter, dir string, w reference.Weights, signatures []string) *tflite.ModelT {
	t.Helper()
	file, err := c.Convert(dir, w, signatures...)
	if err != nil {
		t.Fatal(w, err)
	}
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
