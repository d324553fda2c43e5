// Package infer compares the outputs of models.
package infer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tflite-quantize/tflite-quantize/internal/inference"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Same says which output of got is not bit for bit that of want; "" if all are.
func Same(got, want []reference.Tensor) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d outputs, expected %d", len(got), len(want))
	}
	for i := range got {
		if !bytes.Equal(got[i].Data, want[i].Data) {
			return fmt.Sprintf("output %d %q holds other values than upstream's file gives", i, got[i].Name)
		}
	}
	return ""
}

// An Error is the distance of the float outputs of a quantized model from those of
// its float model.
type Error = inference.Difference

// Add takes in the outputs of one run of each model: got is the quantized one's.
// Outputs that are not float32, or not of the same size in both, are left out.
func Add(e *Error, want, got []reference.Tensor) {
	for i := range want {
		if i < len(got) && want[i].Type == reference.Float32 && len(want[i].Data) == len(got[i].Data) {
			e.Add(floats(want[i].Data), floats(got[i].Data), shape(want[i].Shape))
		}
	}
}

func shape(dims []int32) []int {
	out := make([]int, len(dims))
	for i, d := range dims {
		out[i] = int(d)
	}
	return out
}

func floats(b []byte) []float64 {
	v := make([]float64, len(b)/4)
	for i := range v {
		v[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return v
}
