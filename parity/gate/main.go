// Command gate compares quantizing one model with upstream: parity_test of
// //parity:defs.bzl runs it.
//
//	gate MODEL.tflite OPTIONS...
//
// Each OPTIONS is one argument with flags of the command quantize, as options.Parse
// reads them. For each, our file must be upstream's byte for byte, and both must
// give the same outputs in the TFLite runtime. With the recipes mlir and converter, and
// their float16, all units must be upstream's instead: upstream rewrites the graph. The
// converter takes a SavedModel alone: MODEL.tflite is its file saved_model.pb then.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

// Exit codes.
const (
	exitSame      = 0
	exitDifferent = 1
	exitUsage     = 2
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "gate: missing arguments: want gate MODEL.tflite OPTIONS...")
		os.Exit(exitUsage)
	}
	os.Exit(run(os.Args[1], os.Args[2:], os.Stdout, os.Stderr))
}

func run(path string, lines []string, stdout, stderr io.Writer) int {
	g, err := open(path)
	defer g.close()
	if err != nil {
		fmt.Fprintf(stderr, "gate: %v: want a model\n", err)
		return exitUsage
	}
	code := exitSame
	for _, line := range lines {
		q, err := parse(line)
		if err != nil {
			fmt.Fprintf(stderr, "gate: options %q: %v\n", line, err)
			return exitUsage
		}
		good, err := g.check(q)
		if errors.Is(err, reference.ErrNotBuilt) || errors.Is(err, errNoSavedModel) {
			fmt.Fprintf(stderr, "gate: %v\n", err)
			return exitUsage
		}
		if err != nil {
			fmt.Fprintf(stdout, "FAILED %s, %s: %v\n", path, line, err)
			code = exitDifferent
			continue
		}
		fmt.Fprintf(stdout, "ok     %s, %s: %s\n", path, line, good)
	}
	return code
}

// parse reads a line of options. Rules and another rounding have no counterpart in upstream.
func parse(line string) (quantize.Quantizer, error) {
	q, err := options.ParseQuantizer(line)
	if err != nil {
		return nil, err
	}
	var rules []rule.Rule
	var rounding encode.Rounding
	switch o := q.(type) {
	case quantize.Options:
		rules, rounding = o.Rules, o.Rounding
	case mlir.Options:
		rules, rounding = o.Rules, o.Rounding
		if _, err := units.Weights(o); o.Variant == mlir.Converter && err != nil {
			return nil, err
		}
	default:
		return nil, errors.New("--recipe: compared are quantize_weights, mlir, converter and their float16 alone: want one of them")
	}
	if len(rules) > 0 {
		return nil, errors.New("--keep or --rule: upstream has no rules, so there is nothing to compare: remove them")
	}
	if rounding != encode.Nearest {
		return nil, errors.New("--rounding: upstream rounds to nearest alone, so there is nothing to compare: remove it")
	}
	return q, nil
}
