// Package models lists the real models that tests and measurements take: those of
// corpus.bzl, which Bazel fetches by the rules in models.bzl.
package models

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// A Model is a real model.
type Model struct {
	Name    string
	Path    string // of its file
	Package string // the package that carries it, and its version
	License string
	Why     string // what is special about it
}

// All returns the models of a Bazel target that has @models//:all and
// @models//:corpus.json as data. Outside Bazel, TEST_SRCDIR may name a folder
// with models/corpus.json and the files that it lists.
func All() ([]Model, error) {
	list, err := runfiles.Find("models/corpus.json")
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	var models []Model
	if err := json.Unmarshal(data, &models); err != nil {
		return nil, fmt.Errorf("%s: %w, want a list of models", list, err)
	}
	root := filepath.Dir(filepath.Dir(list))
	for i := range models {
		models[i].Path = filepath.Join(root, models[i].Path)
	}
	return models, nil
}

// Named returns one model. A Bazel target that needs no other may have its file
// instead of @models//:all as data.
func Named(name string) (Model, error) {
	all, err := All()
	if err != nil {
		return Model{}, err
	}
	i := slices.IndexFunc(all, func(m Model) bool { return m.Name == name })
	if i < 0 {
		return Model{}, fmt.Errorf("no model is named %q: want one that third_party/models/corpus.bzl lists", name)
	}
	return all[i], nil
}
