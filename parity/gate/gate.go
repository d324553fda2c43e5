package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// seeds is on how many inputs both files are run.
const seeds = 3

type gate struct {
	file       []byte   // the model, of a SavedModel the converter's float file
	folder     string   // of the SavedModel, "" for none
	signatures []string // of the SavedModel

	upstream  reference.Quantizer
	converter reference.Converter
	runtime   reference.Runner
	newer     *reference.Runner // LiteRT's, for recipes
}

func (g *gate) close() {
	g.upstream.Close()
	g.converter.Close()
	g.runtime.Close()
	g.newer.Close()
}

// open reads a model.
func open(path string) (*gate, error) {
	g := &gate{newer: interpreter.LiteRT.NewRunner(interpreter.NoDelegate)}
	if filepath.Base(path) == savedModelFile {
		return g, g.convert(path)
	}
	var err error
	g.file, err = os.ReadFile(path)
	return g, err
}

// check quantizes with both and compares. The text says how the files compare,
// the error what is wrong.
func (g *gate) check(q quantize.Quantizer) (string, error) {
	if o, ok := q.(mlir.Options); ok {
		return g.checkUnits(o)
	}
	return g.checkBytes(q.(quantize.Options))
}

func (g *gate) checkBytes(o quantize.Options) (string, error) {
	r, err := compare.Quantize(&g.upstream, g.file, o)
	if err != nil {
		return "", err
	}
	return g.judge(r)
}

// judge lets a good result through, if both files compute the same.
func (g *gate) judge(r compare.Result) (string, error) {
	switch {
	case !r.Outcome.Good():
		return "", errors.New(r.String())
	case r.Ours == nil:
		return r.String(), nil
	}
	ran, err := g.outputs(r)
	return fmt.Sprintf("%d bytes become %d, %v; %s", len(g.file), len(r.Ours), r, ran), err
}

// outputs compares what both files compute. Upstream's file need not run where its
// bytes are undefined, and none where the runtime lacks an operator of the model.
func (g *gate) outputs(r compare.Result) (string, error) {
	c, err := infer.Compare(&g.runtime, g.file, r.Ours, r.Upstream, seeds)
	switch {
	case err != nil:
		return "", err
	case c.FloatErr != nil:
		return fmt.Sprintf("not run: the runtime does not run the model itself: %v", c.FloatErr), nil
	case r.Outcome == outcome.EqualDefined:
		return fmt.Sprintf("ours runs (signal to noise %s)", &c.Noise), nil
	case c.UpstreamErr != nil:
		return "", fmt.Errorf("upstream's file does not run: %w", c.UpstreamErr)
	case c.Difference != "":
		return "", errors.New(c.Difference)
	}
	return fmt.Sprintf("both compute the same (signal to noise %s)", &c.Noise), nil
}
