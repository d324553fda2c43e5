// Package corpus finds the real models of the parity suite, which Bazel fetches,
// and has the options with which they are quantized.
package corpus

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

// A Model is a real model, as parity/models/corpus.bzl lists it.
type Model struct {
	Name    string
	Path    string // of its file
	Package string // the package that carries it, and its version
	License string
	Why     string // what is special about it
}

// Models returns the models among the runfiles of a Bazel target that has
// @models//:all and @models//:corpus.json as data. Outside Bazel, TEST_SRCDIR may
// name the folder that holds what corpus.json lists.
func Models() ([]Model, error) {
	roots := []string{os.Getenv("TEST_SRCDIR"), os.Getenv("RUNFILES_DIR"), os.Args[0] + ".runfiles"}
	for _, root := range roots {
		data, err := os.ReadFile(filepath.Join(root, "models", "corpus.json"))
		if root == "" || err != nil {
			continue
		}
		var models []Model
		if err := json.Unmarshal(data, &models); err != nil {
			return nil, fmt.Errorf("corpus.json: %w, expected a list of models", err)
		}
		for i := range models {
			models[i].Path = filepath.Join(root, models[i].Path)
		}
		return models, nil
	}
	return nil, fmt.Errorf("corpus.json: not found, expected it among the runfiles (run this under Bazel, or set TEST_SRCDIR to a folder with models/corpus.json)")
}

// A Mode is a set of options with a name.
type Mode struct {
	Name    string
	Options quantize.Options
}

// Modes returns the options with which every real model is quantized.
func Modes() []Mode {
	return []Mode{
		{"int8", quantize.Options{}},
		{"int8_legacy", quantize.Options{Scheme: quantize.Legacy}},
		{"float16", quantize.Options{BufferType: quantize.Float16}},
	}
}
