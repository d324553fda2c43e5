// Command tflite_convert makes a TFLite model of a TensorFlow SavedModel, with
// weights in int8 or float16 where it is asked to.
package main

import (
	"os"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
)

func main() { os.Exit(cli.RunConvert(os.Args[1:], os.Stdout, os.Stderr)) }
