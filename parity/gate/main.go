// Command gate compares quantizing one model with upstream: parity_test of
// //parity:defs.bzl runs it.
//
//	gate MODEL.tflite OPTIONS...
//
// Each OPTIONS is one argument with options of the command quantize. For each,
// the file that ours makes must be upstream's byte for byte, and both must give
// the same outputs in the TFLite runtime.
package main

import (
	"errors"
	"fmt"
	"os"

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
		fmt.Fprintln(os.Stderr, "gate: arguments are missing, expected MODEL.tflite OPTIONS...")
		os.Exit(exitUsage)
	}
	os.Exit(run(os.Args[1], os.Args[2:]))
}

func run(path string, lines []string) int {
	file, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintf(os.Stderr, "gate: %v, expected a model\n", err)
		return exitUsage
	}
	g := gate{file: file}
	defer g.upstream.Close()
	defer g.runtime.Close()
	code := exitSame
	for _, line := range lines {
		o, err := parseOptions(line)
		if err != nil {
			fmt.Fprintf(os.Stderr, "gate: %v\n", err)
			return exitUsage
		}
		good, err := g.check(o)
		if errors.Is(err, reference.ErrNotBuilt) {
			fmt.Fprintf(os.Stderr, "gate: %v\n", err)
			return exitUsage
		}
		if err != nil {
			fmt.Printf("FAILED %s, %s: %v\n", path, line, err)
			code = exitDifferent
			continue
		}
		fmt.Printf("ok     %s, %s: %s\n", path, line, good)
	}
	return code
}
