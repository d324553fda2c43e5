package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

func TestRecipesAreListed(t *testing.T) {
	_, stdout, _ := run("recipe", "list")
	var list []options.NamedRecipe
	_, asJSON, _ := run("recipe", "list", "--json")
	if err := json.Unmarshal([]byte(asJSON), &list); err != nil || len(list) < 20 {
		t.Fatalf("%v, %d recipes", err, len(list))
	}
	for _, r := range list {
		if !strings.Contains(stdout, "  "+r.Name+" ") || !strings.Contains(stdout, r.Does) || !strings.Contains(stdout, r.Maker+"\n") {
			t.Errorf("%s\nlacks %s", stdout, r.Name)
		}
	}
}

// A recipe that is printed is one that --recipe takes, and makes what its name makes. The
// output is named by the recipe.
func TestAPrintedRecipeIsAFileThatWorks(t *testing.T) {
	stand(t)
	for _, name := range []string{"dynamic_wi4_afp32", "weight_only_wf16_afp32", "int4_blocks32", "mlir"} {
		code, stdout, _ := run("recipe", "show", name)
		if err := os.WriteFile("mine.json", []byte(stdout), 0o666); err != nil || code != exitDone {
			t.Fatal(name, code, err)
		}
		for _, args := range [][]string{{"m.tflite", "--recipe", name, "-o", "a"}, {"m.tflite", "--recipe", "mine.json", "-o", "b"}} {
			if code, _, stderr := run(args...); code != exitDone {
				t.Fatal(args, stderr)
			}
		}
		a := load(t, "a")
		if _, err := tflite.Read(a); err != nil || string(a) != string(load(t, "b")) {
			t.Errorf("%s: %v, or another file than by its name", name, err)
		}
	}
	code, stdout, _ := run("m.tflite", "--recipe", "dynamic_wi4_afp32")
	if code != exitDone || !strings.Contains(stdout, "written to m.dynamic_wi4_afp32.tflite") || !strings.Contains(stdout, "compute in integers (2 FULLY_CONNECTED, CONV_2D), inputs quantized on the fly") || !strings.Contains(stdout, "needs LiteRT 2.3 or newer; ") {
		t.Errorf("%d: %s", code, stdout)
	}
}

func TestMistakesWithRecipes(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"recipe show", "missing argument: want the name of a recipe, of those that quantize recipe list prints"},
		{"recipe show mlir converter", `unexpected argument "converter": want one recipe`},
		{"recipe show dynamic_wi4_afp23", `unknown recipe "dynamic_wi4_afp23": want dynamic_wi4_afp32, or another one that quantize recipe list prints`},
		{"recipe show static_wi8_ai8", "the recipe static_wi8_ai8 needs data to calibrate with: want one for weights alone, of those that quantize recipe list prints"},
		{"recipe list all", `unexpected argument "all": want none`},
	} {
		code, stdout, stderr := run(strings.Fields(c.args)...)
		if !strings.HasSuffix(stderr, ": "+c.want+"\n") || code != exitUsage || stdout != "" {
			t.Errorf("%s: code %d, %q, %q, want %q", c.args, code, stdout, stderr, c.want)
		}
	}
}
