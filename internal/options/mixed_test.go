package options

import (
	"errors"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mixed"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  mixed.Bound
		name  string
	}{
		{[]string{"--budget", "20%"}, mixed.Bound{Share: 0.2}, "int4_searched_mixed"},
		{[]string{"--budget", "12.5 %"}, mixed.Bound{Share: 0.125}, "int4_searched_mixed"},
		{[]string{"--budget=3MB"}, mixed.Bound{Bytes: 3_000_000}, "int4_searched_mixed"},
		{[]string{"--budget=1.5 GB"}, mixed.Bound{Bytes: 1_500_000_000}, "int4_searched_mixed"},
		{[]string{"--budget=900kB", "--rounding=nearest"}, mixed.Bound{Bytes: 900_000}, "int4_searched_mixed"},
		{[]string{"--budget=12345"}, mixed.Bound{Bytes: 12345}, "int4_searched_mixed"},
		{[]string{"--budget=77B", "--recipe=int4_blocks64"}, mixed.Bound{Bytes: 77}, "int4_blocks64_mixed"},
		{[]string{"--max-error", "10%"}, mixed.Bound{Error: 0.1}, "int4_searched_mixed"},
		{[]string{"--max-error=0.5%", "--recipe=int4_blocks32"}, mixed.Bound{Error: 0.005}, "int4_blocks32_mixed"},
	} {
		q, word, err := flagsOf(t, c.words...).Quantizer()
		if err != nil {
			t.Error(c.words, err)
			continue
		}
		if got := q.(strictMixed).Bound; got != c.want || word != c.name {
			t.Errorf("%s: %+v and %s, want %+v and %s", c.words, got, word, c.want, c.name)
		}
	}
	q, _, err := flagsOf(t, "--budget=20%", "--rounding=nearest").Quantizer()
	if err != nil || q.(strictMixed).Rounding != encode.Nearest {
		t.Error(q, err)
	}
}

func TestMistakesWithBounds(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"--budget", "many"}, `--budget: invalid size "many": want a part of the model's bytes such as 20%, or bytes such as 3MB`},
		{[]string{"--budget", "-3%"}, `--budget: invalid size "-3%": want a part of the model's bytes such as 20%, or bytes such as 3MB`},
		{[]string{"--budget", "0"}, `--budget: invalid size "0": want a part of the model's bytes such as 20%, or bytes such as 3MB`},
		{[]string{"--max-error", "0.1"}, `--max-error: invalid share "0.1": want one of the values such as 10%`},
		{[]string{"--max-error", "nan%"}, `--max-error: invalid share "nan%": want one of the values such as 10%`},
		{[]string{"--max-error", "10%", "--budget", "20%"}, "--max-error: given beside --budget: want one of the two, a size or an error"},
		{[]string{"--budget", "20%", "--recipe", "dynamic_wi4_afp32"}, "--budget: not for the recipe dynamic_wi4_afp32, which has not both int8 and fewer bits: want int4_blocks32, int4_blocks64, int4_blocks128 or int4_searched"},
		{[]string{"--budget", "20%", "--recipe", "quantize_weights"}, "--budget: not for the recipe quantize_weights, which has not both int8 and fewer bits: want int4_blocks32, int4_blocks64, int4_blocks128 or int4_searched"},
		{[]string{"--budget", "20%", "--type", "float16"}, "--type: unexpected type: the recipe int4_searched makes int4 per channel with searched scales and preserved sums in CONV_2D and FULLY_CONNECTED, else int8; operators compute with integers"},
	} {
		if _, _, err := flagsOf(t, c.words...).Quantizer(); err == nil || err.Error() != c.want || !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("%s: %v, want %s", c.words, err, c.want)
		}
	}
}

// A recipe file has the same options, and flags go before it.
func TestBoundsInRecipes(t *testing.T) {
	stand(t, `{"recipe": "int4_searched", "version": 1, "budget": "21%", "rounding": "nearest"}`)
	for words, want := range map[string]mixed.Bound{"": {Share: 0.21}, "--budget=5kB": {Bytes: 5000}} {
		args := []string{"--recipe", "r.json"}
		if words != "" {
			args = append(args, words)
		}
		q, _, err := flagsOf(t, args...).Quantizer()
		if err != nil {
			t.Fatal(err)
		}
		if got := q.(strictMixed); got.Bound != want || got.Rounding != encode.Nearest {
			t.Errorf("%s: %+v, want %+v", args, got.Bound, want)
		}
	}
	if err := os.WriteFile("r.json", []byte(`{"recipe": "int4_searched", "version": 1, "max_error": "lots"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := flagsOf(t, "--recipe", "r.json").Quantizer(); err == nil || err.Error() != `r.json:1: max_error: invalid share "lots": want one of the values such as 10%` {
		t.Error(err)
	}
}

// A budget that cannot be met is an error of its flag.
func TestABudgetThatIsTooSmall(t *testing.T) {
	q, _, err := flagsOf(t, "--budget=100").Quantizer()
	if err != nil {
		t.Fatal(err)
	}
	_, err = q.Plan(synthetic.Sample())
	if err == nil || err.Error()[:len("--budget: 100 bytes are too few: want ")] != "--budget: 100 bytes are too few: want " || !errors.Is(err, quantize.ErrOptions) {
		t.Error(err)
	}
}
