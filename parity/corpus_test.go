package parity

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A corpusModel is a real model, as parity/models/corpus.bzl lists it.
type corpusModel struct{ Name, Path, Package, License, Why string }

// corpus returns the models that Bazel fetched for the test. Outside Bazel
// TEST_SRCDIR may name the folder that holds what corpus.json lists.
func corpus(t testing.TB) []corpusModel {
	root := os.Getenv("TEST_SRCDIR")
	data, err := os.ReadFile(filepath.Join(root, "models", "corpus.json"))
	if err != nil {
		t.Fatalf("the corpus is there under Bazel only: %v", err)
	}
	var models []corpusModel
	if err := json.Unmarshal(data, &models); err != nil {
		t.Fatal(err)
	}
	for i := range models {
		models[i].Path = filepath.Join(root, models[i].Path)
	}
	return models
}

// The modes in which every model of the corpus is quantized.
var modes = []struct {
	name    string
	options quantize.Options
}{
	{"int8", quantize.Options{}},
	{"int8_legacy", quantize.Options{Scheme: quantize.Legacy}},
	{"float16", quantize.Options{BufferType: quantize.Float16}},
}

// Real models become upstream's files, and compute what upstream's files compute.
func TestCorpus(t *testing.T) {
	upstream, run := [2]*reference.Quantizer{quantizer(t), quantizer(t)}, runner(t)
	for _, c := range corpus(t) {
		model, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range modes {
			t.Run(c.Name+"/"+mode.name, func(t *testing.T) {
				m, err := tflite.Read(model)
				if err != nil {
					t.Fatal(err)
				}
				plan := mustPlan(t, m, mode.options)
				ours := mustQuantize(t, m, mode.options)
				if !bytes.Equal(ours, mustQuantize(t, m, mode.options)) {
					t.Error("two runs of ours give different files")
				}
				if len(plan.Undefined) > 0 {
					t.Logf("upstream's bytes are undefined: %s", strings.Join(plan.Undefined, "; "))
				}
				var theirs []byte
				for i, q := range upstream { // two processes: two orders
					theirs, err = q.Quantize(model, check.Upstream(mode.options))
					if err != nil {
						t.Fatalf("upstream: %v", err)
					}
					if outcome, why := check.File(m, mode.options, theirs); outcome == check.Different {
						t.Fatalf("upstream's process %d: %s", i, why)
					}
				}
				t.Logf("%d bytes become %d", len(model), len(ours))
				compareRuns(t, run, model, ours, theirs, len(plan.Undefined) > 0)
			})
		}
	}
}
