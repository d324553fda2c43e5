// Package faults has small models that TensorFlow's Quantize Weights makes broken
// files of, and some beside them that it does not.
package faults

import (
	"embed"
	"fmt"
)

//go:embed *.tflite
var files embed.FS

// File returns the file of a model, by its name without the extension.
func File(name string) []byte {
	data, err := files.ReadFile(name + ".tflite")
	if err != nil {
		panic(fmt.Sprintf("faults: %v", err))
	}
	return data
}
