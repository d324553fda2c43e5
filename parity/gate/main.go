// Command gate compares quantizing one model with upstream: parity_test of
// //parity:defs.bzl runs it.
//
//	gate MODEL.tflite OPTIONS...
//
// Each OPTIONS is one argument with flags of the command quantize, as options.Parse
// reads them. For each, our file must be upstream's byte for byte, and both must
// give the same outputs in the TFLite runtime.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
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
	file, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintf(stderr, "gate: %v: want a model\n", err)
		return exitUsage
	}
	g := gate{file: file}
	defer g.upstream.Close()
	defer g.runtime.Close()
	code := exitSame
	for _, line := range lines {
		o, err := parse(line)
		if err != nil {
			fmt.Fprintf(stderr, "gate: options %q: %v\n", line, err)
			return exitUsage
		}
		good, err := g.check(o)
		if errors.Is(err, reference.ErrNotBuilt) {
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
func parse(line string) (quantize.Options, error) {
	o, err := options.Parse(line)
	if err == nil && len(o.Rules) > 0 {
		err = errors.New("--keep or --rule: upstream has no rules, so there is nothing to compare: remove them")
	}
	if err == nil && o.Rounding != encode.Nearest {
		err = errors.New("--rounding: upstream rounds to nearest alone, so there is nothing to compare: remove it")
	}
	return o, err
}
