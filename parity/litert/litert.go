// Package litert runs the quantizer of LiteRT, as TFLite's successor is called, from
// PyPI, to be compared with. It needs what package pyenv needs.
package litert

import (
	_ "embed"

	"github.com/tflite-quantize/tflite-quantize/internal/pyenv"
)

//go:embed requirements.txt
var requirements []byte

//go:embed quantize.py
var quantizeProgram string

var environment = pyenv.Environment{Name: "litert-quantizer", Requirements: requirements}

// Quantizer returns a command to which the names of a model and of the int8
// model to be written are appended.
func Quantizer() ([]string, error) {
	python, err := environment.Python()
	return []string{python, "-c", quantizeProgram}, err
}
