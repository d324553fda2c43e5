package options

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// flagsOf parses a command's flags.
func flagsOf(t *testing.T, words ...string) *Flags {
	t.Helper()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	f := Register(set)
	if err := set.Parse(words); err != nil {
		t.Fatal(err)
	}
	return f
}

// Recipes by name, on the line or in a file, are quantizers with the options given.
func TestRecipesByName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.json")
	if err := os.WriteFile(file, []byte(`{"recipe": "converter", "version": 1, "min_elements": 7}`), 0o644); err != nil {
		t.Fatal(err)
	}
	every := repair.Every()
	for _, c := range []struct {
		words   []string
		want    mlir.Options
		weights quantize.BufferType
	}{
		{[]string{"--recipe", "mlir"}, mlir.Options{MinElements: 1024, Repairs: every}, quantize.Int8},
		{[]string{"--recipe", "mlir_float16", "--exact"}, mlir.Options{Float16: true, MinElements: 1024}, quantize.Float16},
		{[]string{"--recipe", "converter", "--min-elements", "5", "--scheme", "legacy", "--no-hybrid", "--rounding=sum-preserving", "--keep", "a*"},
			mlir.Options{Variant: mlir.Converter, MinElements: 5, PerTensor: true, WeightOnly: true, Rounding: quantize.PreservedSums, Rules: []rule.Rule{{Tensor: "a*", Format: rule.Keep}}, Repairs: every}, quantize.Int8},
		{[]string{"--recipe", "converter_float16"}, mlir.Options{Variant: mlir.Converter, Float16: true, MinElements: 1024, Repairs: every}, quantize.Float16},
		{[]string{"--recipe", file, "--deny-op", "CONV_2D", "--custom-op", "A=1,hybrid"},
			mlir.Options{Variant: mlir.Converter, MinElements: 7, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D},
				CustomOps: map[string]mlir.CustomOp{"A": {Inputs: []int32{1}, Hybrid: true}}, Repairs: every}, quantize.Int8},
	} {
		q, word, err := flagsOf(t, c.words...).Quantizer()
		if err != nil {
			t.Fatal(c.words, err)
		}
		if got := q.(strictMLIR).Options; !reflect.DeepEqual(got, c.want) || word != c.weights.String() {
			t.Errorf("%v: %+v, %v, want %+v, %v", c.words, got, word, c.want, c.weights)
		}
	}
}

// Recipes of LiteRT are rounded as asked for.
func TestRoundingOfLiteRTsRecipes(t *testing.T) {
	for word, want := range map[string]quantize.Rounding{"nearest": quantize.Nearest, "sum-preserving": quantize.PreservedSums} {
		q, _, err := flagsOf(t, "--recipe", "dynamic_wi4_afp32", "--rounding", word).Quantizer()
		if err != nil {
			t.Fatal(err)
		}
		if got := q.(strictLiteRT).Rounding; got != want {
			t.Errorf("%s: %v", word, got)
		}
	}
	for want, words := range map[quantize.Rounding][]string{quantize.PreservedSums: {"--recipe", "int4_searched"}, quantize.Nearest: {"--recipe", "int4_searched", "--rounding", "nearest"}} {
		q, _, err := flagsOf(t, words...).Quantizer()
		if err != nil {
			t.Fatal(err)
		}
		if got := q.(strictLiteRT).Rounding; got != want {
			t.Errorf("%v: %v", words, got)
		}
	}
}

func TestMistakesWithRecipesByName(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"--recipe", "mlir", "--type", "int8"}, "--type: unexpected type: the recipe mlir makes int8"},
		{[]string{"--exact", "--rounding", "sum-preserving"}, "--rounding: gives another file than TensorFlow's, and --exact asks for that: remove one of them"},
		{[]string{"--exact", "--recipe", "dynamic_wi4_afp32", "--rounding", "sum-preserving"}, "--rounding: gives another file than TensorFlow's, and --exact asks for that: remove one of them"},
		{[]string{"--recipe", "weight_only_wf16_afp32", "--rounding", "sum-preserving"}, "--rounding: not for the recipe weight_only_wf16_afp32, which has no integers: remove it"},
		{[]string{"--recipe", "float32", "--rounding", "sum-preserving"}, "--rounding: not for the recipe float32, which makes all constants float32: remove it"},
		{[]string{"--recipe", "float32", "--keep", "a*"}, "--keep, --only or --rule: not for the recipe float32, which makes all constants float32: remove it"},
		{[]string{"--recipe", "mlir_float16", "--min-elements", "2"}, "--min-elements: for int8 only, and the type is float16: remove it, or choose the type int8"},
	} {
		if _, _, err := flagsOf(t, c.words...).Quantizer(); err == nil || err.Error() != c.want || !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("%v: %v, want %s", c.words, err, c.want)
		}
	}
	f := flagsOf(t, "--recipe", "mlir")
	if _, err := f.Options(); err == nil || err.Error() != `--recipe: invalid recipe "mlir" here: want "quantize_weights"` {
		t.Error(err)
	}
	q, _, err := flagsOf(t, "--recipe", "mlir", "--keep", "cnv/*").Quantizer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := quantize.NewPlan(synthetic.Sample(), q); err == nil {
		t.Error("a rule without a match is no error")
	}
}
