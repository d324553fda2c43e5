package convert

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

var (
	randomModels = flag.Uint64("saved_models", 500, "random SavedModels to quantize")
	modelSeed    = flag.Uint64("saved_model_seed", 0, "seed of the first random SavedModel")
)

// quantized are the ways to quantize, by the converter and by ours.
var quantized = map[reference.Weights]mlir.Options{
	reference.Int8Weights:          {Variant: mlir.Converter},
	reference.Int8PerTensorWeights: {Variant: mlir.Converter, PerTensor: true},
	reference.Float16Weights:       {Variant: mlir.Converter, Float16: true},
}

// Every unit of the converter's own quantized file is that of quantizing its float file.
func TestUnitsAreTheConverters(t *testing.T) {
	c := converter(t)
	for _, n := range networks() {
		dir, want := save(t, n.net.Graph), n.units
		if *fullSize {
			want += n.more
		}
		for w := range quantized {
			t.Run(n.name+"/"+string(w), func(t *testing.T) {
				r, err := unitsOf(c, n.net, dir, w)
				if err != nil {
					t.Fatal(err)
				}
				if !r.Good() || w != reference.Float16Weights && r.Equal != want {
					t.Errorf("%v, want %d", &r, want)
				}
			})
		}
	}
}

// The command makes them of a SavedModel at once.
func TestTheCommandTakesTheConvertersRecipes(t *testing.T) {
	c := converter(t)
	for _, m := range models[:3] {
		dir, signatures := save(t, m.graphs...), slices.Sorted(maps.Keys(m.graphs[0].Signatures))
		float := read(t, converted(t, dir))
		for recipe, w := range map[string]reference.Weights{"converter": reference.Int8Weights, "converter_float16": reference.Float16Weights} {
			ours := read(t, converted(t, dir, "--post_training_quantize", "--recipe="+recipe))
			theirs, err := c.Convert(dir, w, signatures...)
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
	n := withNaN(true)
	dir := save(t, n.Graph)
	for _, w := range []reference.Weights{reference.Int8Weights, reference.Int8PerTensorWeights} {
		r, err := unitsOf(c, n, dir, w)
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
		n := randomNet(seed)
		if err := (savedmodels.Model{n.Graph}).Save(dir); err != nil {
			t.Fatal(err)
		}
		// Two of four in int8 as users have it.
		w := append(ways, reference.Int8Weights)[seed%4]
		r, err := unitsOf(c, n, dir, w)
		switch {
		case errors.Is(err, errUpstream):
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

// errUpstream is found where the converter does not make a file.
var errUpstream = errors.New("no file")

// files are those of a network in one way: the converter's float file, ours of it, and
// the converter's own.
type files struct{ float, ours, theirs []byte }

// filesOf makes them. The error is errUpstream where the converter makes no file.
func filesOf(c *reference.Converter, n *net, dir string, w reference.Weights) (f files, err error) {
	signatures := slices.Sorted(maps.Keys(n.Signatures))
	if f.float, err = answer(c.Convert(dir, reference.FloatWeights, signatures...)); err != nil {
		return f, err
	}
	if f.theirs, err = answer(c.Convert(dir, w, signatures...)); err != nil {
		return f, err
	}
	source, err := tflite.Read(f.float)
	if err != nil {
		return f, err
	}
	f.ours, err = quantize.Bytes(source, quantized[w])
	return f, err
}

// unitsOf compares the units of the converter's quantized file with those that ours has
// of the converter's float file.
func unitsOf(c *reference.Converter, n *net, dir string, w reference.Weights) (units.Result, error) {
	f, err := filesOf(c, n, dir, w)
	if err != nil {
		return units.Result{}, err
	}
	var models []*tflite.ModelT
	for _, file := range [][]byte{f.float, f.ours, f.theirs} {
		m, err := tflite.Read(file)
		if err != nil {
			return units.Result{}, err
		}
		models = append(models, m)
	}
	return units.Compare(models[0], models[1], models[2]), nil
}

// answer tells errors that are about the model from those of asking.
func answer(file []byte, err error) ([]byte, error) {
	var status *reference.StatusError
	switch {
	case errors.Is(err, reference.ErrCrashed):
		return nil, fmt.Errorf("%w: it crashes", errUpstream)
	case errors.As(err, &status):
		return nil, fmt.Errorf("%w: %.300s", errUpstream, status.Message)
	}
	return file, err
}
