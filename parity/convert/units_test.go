package convert

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/convert"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

var randomModels = flag.Uint64("saved_models", 3, "random SavedModels to quantize")

// Every unit of the converter's own quantized file is that of quantizing its float file.
func TestUnitsAreTheConverters(t *testing.T) {
	for _, n := range networks() {
		t.Run(n.name, func(t *testing.T) { compareUnits(t, n.graph, n.units) })
	}
}

// The same for random layers with values that lie on borders of rounding.
func TestUnitsOfRandomModelsAreTheConverters(t *testing.T) {
	for seed := range *randomModels {
		graph, layers := randomGraph(rand.New(rand.NewPCG(seed, 0)))
		compareUnits(t, graph, layers)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// compareUnits compares the units in int8 and float16, and the number of those in int8.
func compareUnits(t *testing.T, g savedmodels.Graph, want int) {
	t.Helper()
	dir := save(t, g)
	float := bySelf(t, convert.SavedModel{Dir: dir})
	source := parsed(t, float)
	for _, half := range []bool{false, true} {
		theirs := parsed(t, bySelf(t, convert.SavedModel{Dir: dir, Int8Weights: !half, Float16Weights: half}))
		ours, err := quantize.Bytes(source, mlir.Options{Variant: mlir.Converter, Float16: half})
		if err != nil {
			t.Fatal(err)
		}
		r := units.Compare(parsed(t, float), parsed(t, ours), theirs)
		if !r.Good() || (!half && r.Equal != want) {
			t.Errorf("float16 %v: %v, want %d", half, &r, want)
		}
	}
}

func parsed(t *testing.T, file []byte) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bySelf converts with the converter alone.
func bySelf(t *testing.T, s convert.SavedModel) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.tflite")
	to, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	s.Tags = []string{"serve"}
	if err := new(convert.Converter).SavedModel(context.Background(), s, to); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
