// Command quantize shrinks the weights of a TFLite model to int8 or float16.
package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"github.com/tflite-quantize/tflite-quantize/go/internal/cli"
)

func main() {
	collectLate()
	os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr))
}

// lateGC makes the first collection of garbage wait until the heap has 16 MB.
const lateGC = 400

// collectLate spares most models any collection, which costs more than what they
// allocate. The first one, of a model with very many operators, brings back the
// ordinary pace.
func collectLate() {
	pace := debug.SetGCPercent(lateGC)
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) { debug.SetGCPercent(pace) })
}
