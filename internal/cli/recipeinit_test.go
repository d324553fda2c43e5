package cli

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// oddNames is a model whose names have what JSON, patterns and comments could stumble over.
func oddNames() *synthetic.Model {
	m := synthetic.New()
	x := m.Input(1, 64)
	for _, name := range []string{"a\nb", `"quoted" \ [x]*?`, "\xff", "", strings.Repeat("long", 100), "// no comment", "plain"} {
		w, y := m.Random(64, 64), m.Tensor(1, 64)
		m.Last().Tensors[w].Name = name
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		x = y
	}
	y := m.Tensor(1, 64)
	m.Custom("My \"op\"\n", []int32{x, m.Random(64, 64)}, y)
	m.Output(y)
	return m
}

// A recipe that is begun does nothing, and with all that it has in comments it is a recipe
// whose patterns match.
func TestABegunRecipeWorks(t *testing.T) {
	stand(t)
	if err := os.WriteFile("odd.tflite", oddNames().Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	uncommented := regexp.MustCompile(`(?m)^( *)// (["{].*)$`)
	for _, model := range []string{"m.tflite", "odd.tflite"} {
		code, recipe, stderr := run("recipe", "init", model)
		if code != exitDone {
			t.Fatal(model, stderr)
		}
		all := uncommented.ReplaceAllString(recipe, "$1$2")
		all = strings.Replace(all, `[{"operator": "CONV_2D"}]`, `[{"operator": "FULLY_CONNECTED"}]`, 1) // which both models have
		for name, content := range map[string]string{"begun.json": recipe, "all.json": all} {
			if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for _, args := range [][]string{{model, "-o", "a"}, {model, "-o", "b", "--recipe", "begun.json"}, {model, "-o", "c", "--recipe", "all.json"}} {
			if code, _, stderr := run(args...); code != exitDone {
				t.Errorf("%v: %s\n%s", args, stderr, all)
			}
		}
		if a, b := load(t, "a"), load(t, "b"); !bytes.Equal(a, b) {
			t.Errorf("%s: a begun recipe makes another file\n%s", model, recipe)
		}
		if strings.Count(all, "\n    {\"tensor\"") < 2 {
			t.Errorf("%s: few constants in\n%s", model, recipe)
		}
	}
	if code, _, stderr := run("recipe", "init"); code != exitUsage || !strings.Contains(stderr, "missing argument") {
		t.Errorf("without a model: code %d, %s", code, stderr)
	}
	if code, _, _ := run("recipe", "init", "none.tflite"); code != exitRead {
		t.Errorf("with a file that is not there: code %d", code)
	}
}

// Comments keep the lines of errors right.
func TestMistakesInACommentedRecipeHaveTheirLine(t *testing.T) {
	stand(t)
	if err := os.WriteFile("r.json", []byte("{\n// one\n\"recipe\": \"quantize_weights\", /* two\nlines */ \"version\": 1,\n\"type\": \"int4\",\n}"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, stderr := run("m.tflite", "--recipe", "r.json"); !strings.Contains(stderr, `r.json:5: type: invalid type "int4"`) {
		t.Error(stderr)
	}
}
