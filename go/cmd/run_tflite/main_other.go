//go:build !(linux || darwin) || !(amd64 || arm64)

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "run_tflite: loads libraries on 64-bit Linux and macOS alone: use a Python that has the package ai-edge-litert")
	os.Exit(1)
}
