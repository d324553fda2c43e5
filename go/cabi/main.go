// Command cabi is no program but a library for C and C++, with the functions of
// tflite_quantize.h:
//
//	go build -buildmode=c-shared -o libtflite_quantize.so ./go/cabi
package main

// #include <stdlib.h>
import "C"

import (
	"errors"
	"unsafe"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// Codes, as the header states them.
const (
	done         = 0
	wrongOptions = 2
	wrongModel   = 3
	noMemory     = 6
)

//export tflite_quantize
func tflite_quantize(in unsafe.Pointer, n C.size_t, optionsJSON *C.char, out *unsafe.Pointer, outN *C.size_t) C.int {
	file, err := quantized(unsafe.Slice((*byte)(in), n), optionsJSON)
	code := codeOf(err)
	if err != nil {
		file = append([]byte(err.Error()), 0)
	}
	*out = C.malloc(C.size_t(len(file)))
	if *out == nil {
		*outN = 0
		return noMemory
	}
	copy(unsafe.Slice((*byte)(*out), len(file)), file)
	*outN = C.size_t(len(file))
	if err != nil {
		*outN--
	}
	return code
}

//export tflite_quantize_free
func tflite_quantize_free(out unsafe.Pointer) { C.free(out) }

func quantized(model []byte, optionsJSON *C.char) ([]byte, error) {
	var q quantize.Quantizer = quantize.Options{}
	if optionsJSON != nil {
		var err error
		if q, err = options.Recipe("options", []byte(C.GoString(optionsJSON))); err != nil {
			return nil, err
		}
	}
	m, err := tflite.Read(model)
	if err != nil {
		return nil, err
	}
	return quantize.Bytes(m, q)
}

func codeOf(err error) C.int {
	switch {
	case err == nil:
		return done
	case errors.Is(err, quantize.ErrOptions):
		return wrongOptions
	}
	return wrongModel
}

func main() {} // which the linker wants
