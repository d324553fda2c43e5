package options

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

const whole = `{
  "recipe": "quantize_weights",
  "version": 1,
  "type": "int8",
  "scheme": "legacy",
  "rounding": "sum-preserving",
  "min_elements": 64,
  "no_hybrid": true,
  "deny_ops": ["conv_2d", "SVDF"],
  "custom_ops": [
    {"name": "A", "inputs": [1, 2], "hybrid": true},
    {"name": "B", "inputs": [0]}
  ],
  "rules": [
    {"tensor": "head/*", "format": "keep"},
    {"operator": "GATHER", "tensor": "table", "format": "float16"}
  ]
}
`

// stand makes a folder with the recipe r.json and stands in it.
func stand(t *testing.T, recipe string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("r.json", []byte(recipe), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRecipesBecomeOptions(t *testing.T) {
	stand(t, whole)
	file := settings{
		Options: quantize.Options{
			Scheme: quantize.Legacy, Rounding: quantize.PreservedSums, MinElements: 64, NoHybrid: true,
			OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorSVDF},
			CustomOps:  map[string]quantize.CustomOp{"A": {Inputs: []int32{1, 2}, Hybrid: true}, "B": {Inputs: []int32{0}}},
			Rules:      []rule.Rule{{Tensor: "head/*", Format: "keep"}, {Operator: "GATHER", Tensor: "table", Format: "float16"}},
		},
	}
	changed := file
	changed.Scheme, changed.MinElements, changed.NoHybrid = quantize.Updated, 1, false
	changed.OpDenylist = append(file.OpDenylist[:2:2], tflite.BuiltinOperatorADD)
	changed.CustomOps = map[string]quantize.CustomOp{"A": {Inputs: []int32{7}}, "B": {Inputs: []int32{0}}}
	changed.Rules = append(file.Rules[:2:2], rule.Rule{Tensor: "head/w", Format: "int8"}, rule.Rule{Operator: "ADD", Format: "keep"})
	for line, want := range map[string]*settings{
		"--recipe r.json": &file,
		"--rule=head/w=int8 --scheme=updated --min-elements=0 --no-hybrid=false --deny-op=ADD --custom-op=A=7 --recipe=r.json --keep=op:ADD": &changed,
	} {
		got, err := parse(line)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(want, got); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
}

// A recipe in memory is the same as the file.
func TestRecipesNeedNoFile(t *testing.T) {
	for _, recipe := range []string{whole, `{"recipe": "quantize_weights", "version": 1, "only": [{"tensor": "a"}]}`, `{"recipe": "dynamic_wi4_afp32", "version": 1}`} {
		stand(t, recipe)
		want, _, err := flagsOf(t, "--recipe", "r.json").Quantizer()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Recipe("r.json", []byte(recipe)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
	if _, err := Recipe("r.json", []byte("{\n\"x\": 1}")); err == nil || !strings.HasPrefix(err.Error(), "r.json: no \"recipe\"") {
		t.Error(err)
	}
}

func TestTheHeadOfARecipeIsEnough(t *testing.T) {
	stand(t, `{"version": 1, "recipe": "quantize_weights"}`)
	got, err := parse("--recipe r.json")
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(defaults(), got); d != "" {
		t.Error(d)
	}
}

func TestMistakesInRecipesNameTheirLine(t *testing.T) {
	const head = "{\n\"recipe\": \"quantize_weights\", \"version\": 1,\n"
	for _, c := range []struct{ recipe, want string }{
		{"", "r.json:1: unexpected end of JSON input: want a recipe in JSON"},
		{"{\n\"recipe\": quantize\n}", "r.json:2: invalid character 'q' looking for beginning of value: want a recipe in JSON"},
		{head + "}\n{}", "r.json:3: invalid character '}' looking for beginning of object key string: want a recipe in JSON"},
		{"{}\n{}", "r.json:2: invalid character '{' after top-level value: want a recipe in JSON"},
		{"\n[]", "r.json: no rule: want one at least"},
		{"\n7", "r.json:2: invalid value 7: want an object"},
		{"{}", `r.json: no "recipe": want "recipe": "quantize_weights"`},
		{`{"recipe": "quantize_weights"}`, `r.json: no "version": want "version": 1`},
		{"{\n\"recipe\":\n\"mine\"}", `r.json:3: recipe: unknown recipe "mine": want one that quantize recipe list prints`},
		{"{\"newer\": {\"a\": []},\n\"version\": 2}", "r.json:2: version: unknown version 2: want 1"},
		{`{"version": "1"}`, `r.json:1: version: invalid value "1": want a whole number, 0 or more`},
		{head + `"min_element": 3}`, `r.json:3: unknown key "min_element": did you mean "min_elements"?`},
		{head + `"Type": "int8"}`, `r.json:3: unknown key "Type": did you mean "type"?`},
		{head + `"colour": 3}`, `r.json:3: unknown key "colour": want recipe, version, for, type, scheme, rounding, min_elements, no_hybrid, float_ops, deny_ops, custom_ops, only or rules`},
		{head + "\"type\": \"int8\",\n\"type\": \"int8\"}", "r.json:4: type given twice"},
		{head + `"type": "int4"}`, `r.json:3: type: invalid type "int4": want int8 or float16`},
		{head + `"type": null}`, "r.json:3: type: invalid value null: want a string"},
		{head + `"scheme": 7}`, "r.json:3: scheme: invalid value 7: want a string"},
		{head + `"min_elements": -1}`, "r.json:3: min_elements: invalid value -1: want a whole number, 0 or more"},
		{head + `"min_elements": 1.5}`, "r.json:3: min_elements: invalid value 1.5: want a whole number, 0 or more"},
		{head + `"no_hybrid": "yes"}`, `r.json:3: no_hybrid: invalid value "yes": want true or false`},
		{head + `"deny_ops": "ADD"}`, `r.json:3: deny_ops: invalid value "ADD": want a list`},
		{head + "\"deny_ops\": [\"ADD\",\n\"conv\"]}", `r.json:4: deny_ops[1]: unknown operator "conv": did you mean CONV_2D?`},
		{head + `"custom_ops": [{"inputs": [1]}]}`, `r.json:3: custom_ops[0]: no "name": want the custom code of the operator`},
		{head + `"custom_ops": [{"name": "A"}]}`, `r.json:3: custom_ops[0]: no "inputs": want the position of one input at least, such as [1]`},
		{head + `"custom_ops": [{"name": "A", "inputs": [1, 2147483648]}]}`, "r.json:3: custom_ops[0].inputs[1]: invalid value 2147483648: want a whole number, 0 or more"},
		{head + "\"custom_ops\": [{\"name\": \"A\", \"inputs\": [1]},\n{\"name\": \"A\", \"inputs\": [1]}]}", `r.json:4: custom_ops[1]: operator "A" given twice: want it once, with all its inputs`},
		{head + "\"rules\": [\n{\"format\": \"int4\"}]}", `r.json:4: rules[0]: invalid format "int4": want keep, default, int8 or float16`},
		{head + `"rules": [{"tensor": "a"}]}`, "r.json:3: rules[0]: no format: want keep, default, int8 or float16"},
		{head + `"rules": [{"tensor": "[", "format": "keep"}]}`, `r.json:3: rules[0]: tensor: invalid pattern "[": want a ] after [; [[] stands for the character [`},
		{head + "\"rules\": [{\n\"tensors\": \"a\"}]}", `r.json:4: unknown key "tensors": did you mean "tensor"?`},
		{head + `"rules": ["a"]}`, `r.json:3: rules[0]: invalid value "a": want an object`},
		{head + "\"type\": \"float16\",\n\"min_elements\": 3}", "r.json:4: min_elements: for int8 only, and the type is float16: remove it, or choose the type int8"},
		{strings.Repeat(" ", largestRecipe+1), "r.json: more than 1.00 MB: want a recipe in JSON"},
		{strings.Repeat("[", 20000), "r.json:1: invalid character '[' exceeded max depth: want a recipe in JSON"},
	} {
		stand(t, c.recipe)
		_, err := Parse("--recipe r.json")
		if err == nil || err.Error() != c.want {
			t.Errorf("%.200s\n%v, want %s", c.recipe, err, c.want)
		}
		if !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("%v is none of options", err)
		}
	}
}

// Any file is an error that names it, or options that a line can say.
func FuzzRecipe(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(`{"recipe": "quantize_weights", "version": 1, "type": "float16", "x": [{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := defaults()
		fields, err := newFields("r.json", data)
		if err == nil {
			err = s.recipe(fields)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "r.json") {
				t.Fatal(err)
			}
			return
		}
		if len(s.int8Only) == 0 {
			if _, err := parse(format(s)); err != nil {
				t.Fatalf("%s: %v", format(s), err)
			}
		}
	})
}

func TestARecipeMayBeAnywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b.json")
	if err := os.WriteFile(path, []byte(`{"recipe": "quantize_weights", "version": 1, "type": "float16"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	o, err := Parse(join([]string{"--recipe=" + path}))
	if err != nil || o.BufferType != quantize.Float16 {
		t.Error(o, err)
	}
}
