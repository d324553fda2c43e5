package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/internal/savedmodel"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

// savedModelFile is the file whose folder is a SavedModel.
const savedModelFile = "saved_model.pb"

// servingTag is that of the graph that is converted.
const servingTag = "serve"

// convert makes the converter's float file of a SavedModel the gate's model.
func (g *gate) convert(path string) error {
	g.folder = filepath.Dir(path)
	m, err := savedmodel.Read(g.folder)
	if err != nil {
		return err
	}
	graph, err := m.Graph([]string{servingTag})
	if err != nil {
		return err
	}
	g.signatures = graph.Signatures
	g.file, err = g.converter.Convert(g.folder, reference.FloatWeights, g.signatures...)
	return err
}

var errNoSavedModel = errors.New("--recipe: TensorFlow's converter quantizes SavedModels alone: want a model " + savedModelFile + ", or another recipe")

// checkUnits quantizes with a recipe and upstream's tool that it is named by, and compares
// all units.
func (g *gate) checkUnits(o mlir.Options) (string, error) {
	r, err := g.units(o)
	if err != nil {
		return "", err
	}
	return g.judgeUnits(&r)
}

// judgeUnits lets equal units through, if both files compute the same.
func (g *gate) judgeUnits(r *units.Result) (string, error) {
	if !r.Good() {
		return "", errors.New(r.First())
	}
	ran, err := g.computes(r)
	return fmt.Sprintf("%d bytes become %d, equal: %s; %s", len(r.Source), len(r.Ours), text.Count(r.Equal, "unit", "units"), ran), err
}

func (g *gate) units(o mlir.Options) (units.Result, error) {
	switch {
	case o.Variant == mlir.API:
		return units.Quantize(&g.upstream, g.file, o)
	case g.folder == "":
		return units.Result{}, errNoSavedModel
	}
	return units.Convert(&g.converter, g.folder, g.signatures, o)
}

// computes compares what both files compute, in a runtime that has all versions of
// operators that upstream gives.
func (g *gate) computes(r *units.Result) (string, error) {
	c, err := infer.Compare(g.newer, r.Source, r.Ours, r.Upstream, seeds)
	switch {
	case err != nil:
		return "", err
	case c.FloatErr != nil:
		return fmt.Sprintf("not run: the runtime does not run the model itself: %v", c.FloatErr), nil
	case c.UpstreamErr != nil:
		return fmt.Sprintf("ours runs (signal to noise %s), upstream's file does not: %v", &c.Noise, c.UpstreamErr), nil
	case c.Difference != "" && r.StatesDiffer():
		return fmt.Sprintf("ours runs (signal to noise %s), upstream's file loses states of operators", &c.Noise), nil
	case c.Difference != "":
		return "", errors.New(c.Difference)
	}
	return fmt.Sprintf("both compute the same (signal to noise %s)", &c.Noise), nil
}
