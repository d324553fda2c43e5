package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels/networks"
)

// saved writes a network as a SavedModel and returns the path of its file.
func saved(t *testing.T, network string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range networks.All(false) {
		if n.Name != network {
			continue
		}
		if err := (savedmodels.Model{n.Graph}).Save(dir); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, savedModelFile)
	}
	t.Fatalf("no network %s", network)
	return ""
}

func written(t *testing.T, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.tflite")
	if err := os.WriteFile(path, file, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// Recipes are compared with the tool that they are named by.
func TestTheGateTakesRecipes(t *testing.T) {
	for _, c := range []struct {
		path  string
		lines []string
		code  int
		says  []string // of each line
	}{
		{written(t, dense()), []string{"--recipe=mlir", "--recipe=mlir_float16", "--recipe=mlir --min-elements=5000"}, exitSame,
			[]string{"equal: 1 unit; both compute the same", "equal: 1 unit; both compute the same", "equal: 0 units; both compute the same"}},
		{saved(t, "text CNN"), []string{"--recipe=converter", "--recipe=converter --scheme=legacy", "--recipe=converter_float16", "--type=int8", "--recipe=mlir"}, exitSame,
			[]string{"equal: 4 units; both compute the same", "equal: 4 units; both compute the same", "units; both compute the same", "equal; both compute the same", "equal: 4 units; both compute the same"}},
		{written(t, dense()), []string{"--recipe=converter"}, exitUsage, []string{"want a model saved_model.pb, or another recipe"}},
		{written(t, dense()), []string{"--recipe=converter --min-elements=5"}, exitUsage, []string{"TensorFlow's converter has none of these options"}},
		{written(t, dense()), []string{"--recipe=dynamic_wi8_afp32"}, exitUsage, []string{"compared are quantize_weights, mlir, converter"}},
		{written(t, dense()), []string{"--recipe=mlir --keep=*"}, exitUsage, []string{"upstream has no rules"}},
		{written(t, []byte("no model")), []string{"--recipe=mlir"}, exitDifferent, []string{"FAILED"}},
	} {
		var out bytes.Buffer
		code := run(c.path, c.lines, &out, &out)
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if code != c.code || len(lines) != len(c.says) {
			t.Errorf("%v: code %d, want %d:\n%s", c.lines, code, c.code, &out)
			continue
		}
		for i, want := range c.says {
			if !strings.Contains(lines[i], want) {
				t.Errorf("%s\nwant %s", lines[i], want)
			}
		}
	}
}

// Another unit, or other outputs, are a difference.
func TestTheGateNamesTheFirstDifferentUnit(t *testing.T) {
	g, err := open(written(t, dense()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.close)
	r, err := g.units(mlir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := tflite.Read(r.Upstream)
	if err != nil {
		t.Fatal(err)
	}
	m.Subgraphs[0].Tensors[m.Subgraphs[0].Operators[0].Inputs[1]].Quantization.Scale[0] *= 2
	if r.Upstream, err = tflite.Write(m); err != nil {
		t.Fatal(err)
	}
	if _, err := g.judgeUnits(&r); err == nil || !strings.Contains(err.Error(), "other values") {
		t.Errorf("a file that computes something else: %v", err)
	}
	r.Versions = []string{"X has 1"}
	if _, err := g.judgeUnits(&r); err == nil || !strings.Contains(err.Error(), "X has 1") {
		t.Errorf("another version: %v", err)
	}
}
