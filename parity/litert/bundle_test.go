package litert

import (
	"bytes"
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

//go:embed bundle.py
var bundleProgram string

func bundle(t *testing.T, args ...string) {
	t.Helper()
	cmd, err := command(bundleProgram, args...)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// unpacked are the files that litert-lm-builder makes of a LiteRT-LM file.
func unpacked(t *testing.T, file string) map[string][]byte {
	t.Helper()
	folder := file + ".parts"
	bundle(t, "unpack", file, folder)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, e := range entries {
		if out[e.Name()], err = os.ReadFile(filepath.Join(folder, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// words are a header without the lines that say where sections are.
func words(header []byte) string {
	var out []string
	for _, line := range strings.Split(string(header), "\n") {
		if !strings.Contains(line, "Offset:") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// Of a file of litert-lm-builder, models become what they become alone, and it reads the
// new file: all else is as it was.
func TestLiteRTLMFiles(t *testing.T) {
	folder := t.TempDir()
	names := []string{
		"Section1_TFLiteModel_tf_lite_prefill_decode.tflite", "Section2_TFLiteModel_tf_lite_embedder.tflite", "Section3_TFLiteModel_tf_lite_vision_encoder.tflite",
	}
	alone := map[string]*tflite.ModelT{}
	for i, net := range []func() *synthetic.Model{sampleModel, netNamed(t, "text CNN"), netNamed(t, "transformer block")} {
		m := net()
		file := m.Bytes()
		if err := os.WriteFile(filepath.Join(folder, string(rune('0'+i))+".tflite"), file, 0o666); err != nil {
			t.Fatal(err)
		}
		read, err := tflite.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		alone[names[i]] = read
	}
	bundle(t, "build", folder)
	in := filepath.Join(folder, "in.litertlm")
	old, written := unpacked(t, in), 0
	for _, q := range bundleQuantizers() {
		out := filepath.Join(folder, q.name+".litertlm")
		models, refused := eachAlone(alone, q.quantizer)
		if _, err := quantize.Bundle(in, out, q.quantizer); (err != nil) != refused {
			t.Fatalf("%s: %v; one of the models alone is refused: %v", q.name, err, refused)
		} else if err != nil {
			continue
		}
		written++
		got := unpacked(t, out)
		for name, want := range old {
			if models[name] != nil {
				want = models[name]
			}
			if name == "header.txt" {
				got[name], want = []byte(words(got[name])), []byte(words(want))
			}
			if !bytes.Equal(got[name], want) {
				t.Errorf("%s: %s is another one", q.name, name)
			}
		}
		if len(got) != len(old) || len(old) < 8 {
			t.Errorf("%s: %d files, want %d", q.name, len(got), len(old))
		}
	}
	if written < 12 {
		t.Errorf("%d recipes made a file, want 12 at least", written)
	}
}

// eachAlone are the new files of models, and whether there is none of one of them.
func eachAlone(models map[string]*tflite.ModelT, q quantize.Quantizer) (files map[string][]byte, refused bool) {
	files = map[string][]byte{}
	for name, m := range models {
		file, err := quantize.Bytes(m, q)
		files[name], refused = file, refused || err != nil
	}
	return files, refused
}

type bundleQuantizer struct {
	name      string
	quantizer quantize.Quantizer
}

// bundleQuantizers are all recipes of LiteRT, and Quantize Weights.
func bundleQuantizers() []bundleQuantizer {
	out := []bundleQuantizer{{"int8", quantize.Options{}}, {"float16", quantize.Options{BufferType: quantize.Float16}}}
	for _, r := range litert.Recipes() {
		out = append(out, bundleQuantizer{r.Name, r.Options()})
	}
	return out
}

func sampleModel() *synthetic.Model { return &synthetic.Model{ModelT: *synthetic.Sample()} }

func netNamed(t *testing.T, name string) func() *synthetic.Model {
	for _, n := range synthetic.Nets() {
		if n.Name == name {
			return n.Model
		}
	}
	t.Fatalf("no network %q", name)
	return nil
}

// litert-quantizer quantizes LiteRT-LM files as well: models in them are equal in every
// field.
func TestLiteRTLMFilesOfLiteRT(t *testing.T) {
	folder := t.TempDir()
	for i, name := range []string{"text CNN", "transformer block", "ResNet-50"} {
		if err := os.WriteFile(filepath.Join(folder, string(rune('0'+i))+".tflite"), netNamed(t, name)().Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	bundle(t, "build", folder)
	in, out := filepath.Join(folder, "in.litertlm"), filepath.Join(folder, "ours.litertlm")
	const recipe = "dynamic_wi8_afp32"
	bundle(t, "quantize", in, recipe, folder)
	if _, err := quantize.Bundle(in, out, litert.RecipeNamed(recipe).Options()); err != nil {
		t.Fatal(err)
	}
	ours, theirs := unpacked(t, out), unpacked(t, filepath.Join(folder, "in_"+recipe+".litertlm"))
	models := 0
	for name, want := range theirs {
		switch {
		case strings.HasSuffix(name, ".tflite"):
			models++
			if d := differenceOfFiles(t, ours[name], want); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		case name != "header.txt" && name != "model.toml": // which have the time
			if !bytes.Equal(ours[name], want) {
				t.Errorf("%s is another one", name)
			}
		}
	}
	if models != 3 || len(ours) != len(theirs) {
		t.Errorf("%d models, %d files, want 3, %d", models, len(ours), len(theirs))
	}
}

func differenceOfFiles(t *testing.T, got, want []byte) string {
	t.Helper()
	a, err := tflite.Read(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := tflite.Read(want)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Difference(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
