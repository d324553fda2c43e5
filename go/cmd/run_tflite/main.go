// Command run_tflite runs a model by a shared library with TensorFlow Lite's C API, for
// quantize compare: a static program cannot load libraries, and a library that crashes
// must not take quantize with it.
//
//	run_tflite LIBRARY MODEL --threads=N [--xnnpack] [--signature=KEY]
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/internal/inference/library"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "run_tflite:", err)
		os.Exit(1)
	}
}

func run() error {
	var c library.Config
	f := pflag.NewFlagSet("run_tflite", pflag.ContinueOnError)
	f.IntVar(&c.Threads, "threads", 1, "so many `THREADS`")
	f.BoolVar(&c.XNNPACK, "xnnpack", false, "give XNNPACK what it takes")
	f.StringVar(&c.Signature, "signature", "", "the `KEY` of the signature to run")
	if err := f.Parse(os.Args[1:]); err != nil {
		return err
	}
	if f.NArg() != 2 {
		return fmt.Errorf("%d arguments: want LIBRARY MODEL; quantize compare starts this program", f.NArg())
	}
	c.Library, c.Model = f.Arg(0), f.Arg(1)
	// The library prints to standard output; answers go where that was.
	out, err := ownOutput()
	if err != nil {
		return err
	}
	return library.Serve(bufio.NewReader(os.Stdin), out, c)
}
