package main

import (
	"errors"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// seeds is on how many inputs both files are run.
const seeds = 3

type gate struct {
	file     []byte // the model
	upstream reference.Quantizer
	runtime  reference.Runner
}

// check quantizes with both and compares. The text says what is equal, the error
// what differs.
func (g *gate) check(o quantize.Options) (string, error) {
	theirs, err := g.upstream.Quantize(g.file, check.Equivalent(o))
	var status *reference.StatusError
	if err != nil && !errors.As(err, &status) {
		return "", fmt.Errorf("upstream makes no file: %w", err)
	}
	model, err := tflite.Read(g.file)
	if err != nil {
		return "", err
	}
	ours, err := quantize.Bytes(model, o)
	if status != nil || err != nil {
		return refused(status, err)
	}
	return g.compare(model, o, ours, theirs)
}

// compare compares the files of both and what they compute.
func (g *gate) compare(model *tflite.ModelT, o quantize.Options, ours, theirs []byte) (string, error) {
	outcome, why := check.File(model, o, theirs)
	if outcome == check.Different {
		return "", fmt.Errorf("ours is not upstream's file: %s", why)
	}
	good := fmt.Sprintf("%d bytes become %d, as upstream's", len(g.file), len(ours))
	if outcome == check.EqualDefined {
		good += fmt.Sprintf(" where these are defined (%s)", why)
	}
	ran, err := g.runs(ours, theirs, outcome == check.EqualDefined)
	return good + "; " + ran, err
}

// refused compares the errors of both, of which one at least is there.
func refused(status *reference.StatusError, ours error) (string, error) {
	switch {
	case ours == nil:
		return "", fmt.Errorf("ours makes a file, upstream refuses: %w", status)
	case status == nil:
		return "", fmt.Errorf("upstream makes a file, ours refuses: %w", ours)
	}
	return fmt.Sprintf("both refuse: %v; upstream: %v", ours, status), nil
}

// runs compares what both files compute. Upstream's file need not run where its
// bytes are undefined, and none where the runtime lacks an operator of the model.
func (g *gate) runs(ours, theirs []byte, undefined bool) (string, error) {
	if undefined {
		theirs = ours
	}
	var noise infer.Error
	for seed := range uint64(seeds) {
		float, err := g.runtime.Run(g.file, seed)
		if err != nil {
			return fmt.Sprintf("not run: the runtime does not run the model itself: %v", err), nil
		}
		got, err := g.runtime.Run(ours, seed)
		if err != nil {
			return "", fmt.Errorf("our file does not run, the model does: %w", err)
		}
		want, err := g.runtime.Run(theirs, seed)
		if err != nil {
			return "", fmt.Errorf("upstream's file does not run: %w", err)
		}
		if d := infer.Same(got, want); d != "" {
			return "", fmt.Errorf("on inputs of seed %d: %s", seed, d)
		}
		noise.Add(float, got)
	}
	if undefined {
		return fmt.Sprintf("ours runs (signal to noise %s)", &noise), nil
	}
	return fmt.Sprintf("both compute the same (signal to noise %s)", &noise), nil
}
