package options

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
)

func litertOf(t *testing.T, words ...string) (litert.Options, string) {
	t.Helper()
	q, word, err := flagsOf(t, words...).Quantizer()
	if err != nil {
		t.Fatal(words, err)
	}
	return q.(strictLiteRT).Options, word
}

// What is printed of every recipe of litert-quantizer is a file that means the same.
func TestPrintedRecipesAreReadBack(t *testing.T) {
	named := 0
	for _, r := range Recipes() {
		if r.Maker != liteRT {
			continue
		}
		named++
		stand(t, string(r.JSON))
		got, word := litertOf(t, "--recipe", "r.json", "--exact")
		if want := litert.RecipeNamed(r.Name).Options(); !reflect.DeepEqual(got, want) || word != "r" {
			t.Errorf("%s: %+v, %s, want %+v", r.Name, got, word, want)
		}
		if byName, word := litertOf(t, "--recipe", r.Name, "--exact"); !reflect.DeepEqual(byName, got) || word != r.Name {
			t.Errorf("%s: %+v, %s", r.Name, byName, word)
		}
	}
	if named < 15 {
		t.Errorf("%d recipes", named)
	}
}

// What is printed of other recipes is a file of ours that means the same.
func TestOurRecipesAreReadBack(t *testing.T) {
	for _, r := range Recipes() {
		if r.Maker == liteRT || r.Name == recipeName {
			continue
		}
		stand(t, string(r.JSON))
		a, _, err := flagsOf(t, "--recipe", "r.json").Quantizer()
		if err != nil {
			t.Fatal(r.Name, err)
		}
		if b, _, err := flagsOf(t, "--recipe", r.Name).Quantizer(); err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v, want %+v, %v", r.Name, a, b, err)
		}
	}
}

// Constants to keep, and repairs, go with every recipe.
func TestFlagsBesideARecipeOfLiteRT(t *testing.T) {
	got, _ := litertOf(t, "--recipe", "int4_blocks32", "--keep", "a*", "--set-min-runtime-version")
	want := litert.RecipeNamed("int4_blocks32").Options()
	want.Rules, want.Repairs, want.SetMinRuntimeVersion = []rule.Rule{{Tensor: "a*", Format: rule.Keep}}, repair.Every(), true
	if !reflect.DeepEqual(got, want) || !got.Fitting {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A file with what has a default left out, a size of blocks in the older key, and keys of
// other algorithms.
func TestRecipeFilesOfLiteRT(t *testing.T) {
	stand(t, `[{"regex": "a|b", "operation": "FULLY_CONNECTED", "algorithm_key": "min_max_uniform_quantize", "op_config": {
		"weight_tensor_config": {"num_bits": 4, "block_size": 32, "algorithm_params": {"max_hadamard_size": 0}}, "compute_precision": "INTEGER"}},
		{"regex": "b", "operation": "*", "algorithm_key": "DECOMPOSED_HADAMARD_ROTATION", "op_config": {
		"weight_tensor_config": {"num_bits": 8, "max_hadamard_size": 64, "granularity": "CHANNELWISE"}, "compute_precision": "INTEGER"}},
		{"regex": "c", "operation": "*", "algorithm_key": "no_quantize"}]`)
	got, _ := litertOf(t, "--recipe", "r.json", "--exact")
	want := []litert.Rule{
		{Regex: "a|b", Operation: "FULLY_CONNECTED", Algorithm: litert.MinMax, Config: litert.Config{Bits: 4, Granularity: litert.BlockWise32, Dynamic: true}},
		{Regex: "b", Operation: "*", Algorithm: litert.Hadamard, Config: litert.Config{Bits: 8, Granularity: litert.ChannelWise, Dynamic: true, MostRotated: 64}},
		{Regex: "c", Operation: "*", Algorithm: litert.NoQuantize, Config: litert.Config{Granularity: litert.TensorWise}},
	}
	if !reflect.DeepEqual(got.Recipe, want) {
		t.Errorf("%+v, want %+v", got.Recipe, want)
	}
	again, err := json.Marshal(want[1:])
	if err != nil {
		t.Fatal(err)
	}
	stand(t, string(again))
	if got, _ := litertOf(t, "--recipe", "r.json", "--exact"); !reflect.DeepEqual(got.Recipe[0], want[1]) {
		t.Errorf("%s is read as %+v", again, got.Recipe[0])
	}
}

func TestMistakesInRecipesOfLiteRT(t *testing.T) {
	whole, err := json.Marshal(litert.RecipeNamed("dynamic_wi8_afp32").Rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{`"num_bits":8`, `"num_bits":300`, "r.json:1: [0].op_config.weight_tensor_config.num_bits: invalid value 300: want a whole number, 0 or more"},
		{`"operation":"*"`, `"operation":"ADD"`, `r.json:1: [0]: no constants of operation "ADD" are quantized: want FULLY_CONNECTED, CONV_2D, DEPTHWISE_CONV_2D, CONV_2D_TRANSPOSE, BATCH_MATMUL, EMBEDDING_LOOKUP or *`},
		{`"num_bits":8`, `"num_bits":4`, ""},
		{`"operation":"*"`, `"operation":"CONV_2D","algorithm":1`, `r.json:1: unknown key "algorithm": did you mean "algorithm_key"?`},
		{`"regex":".*"`, `"regex":"(?=a)"`, "r.json:1: [0]: invalid regex \"(?=a)\": error parsing regexp: invalid or unsupported Perl syntax: `(?=`"},
		{`"min_max_uniform_quantize"`, `"GPTQ"`, `r.json:1: [0]: the algorithm GPTQ needs data to calibrate with: want min_max_uniform_quantize, float_casting or no_quantize`},
		{`"min_max_uniform_quantize"`, `"HADAMARD_ROTATION"`, `r.json:1: [0]: the algorithm HADAMARD_ROTATION makes operators that no runtime has: want DECOMPOSED_HADAMARD_ROTATION`},
		{`"min_max_uniform_quantize"`, `"best"`, `r.json:1: [0]: unknown algorithm "best": want min_max_uniform_quantize, MSE, OCTAV, dequantized_weight_recovery, DECOMPOSED_HADAMARD_ROTATION, float_casting or no_quantize`},
		{`"CHANNELWISE"`, `"ROWWISE"`, `r.json:1: [0]: unknown granularity "ROWWISE": want CHANNELWISE, TENSORWISE or BLOCKWISE_32 to BLOCKWISE_256`},
		{`"granularity":"CHANNELWISE"`, `"block_size":16`, "r.json:1: [0].op_config.weight_tensor_config.block_size: invalid value 16: want 0, 32, 64, 128 or 256"},
		{`"skip_checks":false`, `"skip_checks":true`, "r.json:1: [0].op_config.skip_checks: invalid value true: want false, as runtimes refuse what the checks leave out"},
		{`"explicit_dequantize":false`, `"explicit_dequantize":true`, "r.json:1: [0]: no operator can have this: want compute_precision INTEGER, or FLOAT and explicit_dequantize true"},
		{`"INTEGER"`, `"INT"`, `r.json:1: [0].op_config.compute_precision: invalid value "INT": want FLOAT or INTEGER`},
		{`"op_config":{`, `"op_config":{"activation_tensor_config":{},`, "r.json:1: [0].op_config.activation_tensor_config: quantized activations need data to calibrate with: want weights alone"},
		{`"operation":"*",`, ``, `r.json:1: [0]: no "operation" or "algorithm_key": want both`},
	} {
		changed := strings.Replace(string(whole), c.from, c.to, 1)
		if changed == string(whole) {
			t.Fatalf("no %s in %s", c.from, whole)
		}
		stand(t, changed)
		_, _, err := flagsOf(t, "--recipe", "r.json").Quantizer()
		if c.want == "" && err == nil {
			continue
		}
		if err == nil || err.Error() != c.want || !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("%s: %v\nwant %s", c.to, err, c.want)
		}
	}
}

func TestMistakesBesideARecipeOfLiteRT(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"--recipe", "dynamic_wi4_afp32", "--type", "int8"}, "--type: unexpected type: the recipe dynamic_wi4_afp32 makes int4 per channel; operators compute with integers"},
		{[]string{"--recipe", "dynamic_wi4_afp32", "--min-elements", "2"}, "--min-elements: not for the recipe dynamic_wi4_afp32, which says it: remove it"},
		{[]string{"--recipe", "dynamic_wi4_afp32", "--rule", "a=int8"}, `--rule: invalid format "int8" for the recipe dynamic_wi4_afp32: want keep or default`},
		{[]string{"--recipe", "static_wi8_ai8"}, "--recipe: the recipe static_wi8_ai8 needs data to calibrate with: want one for weights alone, of those that quantize recipe list prints"},
		{[]string{"--recipe", "dynamic_wi4_fp32"}, `--recipe: no file or recipe "dynamic_wi4_fp32": want a file in JSON, or dynamic_wi4_afp32, or another one that quantize recipe list prints`},
	} {
		if _, _, err := flagsOf(t, c.words...).Quantizer(); err == nil || err.Error() != c.want {
			t.Errorf("%v: %v\nwant %s", c.words, err, c.want)
		}
	}
}
