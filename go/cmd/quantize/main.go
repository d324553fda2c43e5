// Command quantize shrinks the weights of a TFLite model to int8 or float16.
package main

import (
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr)) }
