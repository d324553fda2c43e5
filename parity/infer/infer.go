// Package infer compares the outputs of models.
package infer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

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
// its float model. The zero value is that of no outputs; Add extends it.
type Error struct {
	Values        int     // float values compared
	Largest       float64 // the largest distance of two values
	Peak          float64 // the largest absolute value of the float model
	Signal, Noise float64 // sums of squares: of the float model's values, of the distances
	Vectors       int     // rows along the last dimension, of at least two values
	Changed       int     // rows whose largest value is at another place
}

// Add takes in the outputs of one run of each model: got is the quantized one's.
// Outputs that are not float32, or not of the same size in both, are left out.
func (e *Error) Add(want, got []reference.Tensor) {
	for i := range want {
		if i < len(got) && want[i].Type == reference.Float32 && len(want[i].Data) == len(got[i].Data) {
			e.add(floats(want[i].Data), floats(got[i].Data), want[i].Shape)
		}
	}
}

func (e *Error) add(want, got []float64, shape []int32) {
	e.Values += len(want)
	for i := range want {
		d := math.Abs(want[i] - got[i])
		e.Largest = max(e.Largest, d)
		e.Peak = max(e.Peak, math.Abs(want[i]))
		e.Signal += want[i] * want[i]
		e.Noise += d * d
	}
	if len(shape) == 0 || shape[len(shape)-1] < 2 {
		return
	}
	row := int(shape[len(shape)-1])
	for at := 0; at+row <= len(want); at += row {
		e.Vectors++
		if argmax(want[at:at+row]) != argmax(got[at:at+row]) {
			e.Changed++
		}
	}
}

// Decibels is the signal to noise ratio, infinite where there is no noise.
func (e *Error) Decibels() float64 { return 10 * math.Log10(e.Signal/e.Noise) }

// beyond is the ratio above which float32 values are the same to all purposes.
const beyond = 150 // dB

// String is the signal to noise ratio for people.
func (e *Error) String() string {
	switch {
	case e.Noise == 0:
		return "without noise"
	case e.Decibels() > beyond:
		return fmt.Sprintf("over %d dB", beyond)
	}
	return fmt.Sprintf("%.1f dB", e.Decibels())
}

// argmax is the first place of the largest value.
func argmax(v []float64) int {
	at := 0
	for i := range v {
		if v[i] > v[at] {
			at = i
		}
	}
	return at
}

func floats(b []byte) []float64 {
	v := make([]float64, len(b)/4)
	for i := range v {
		v[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return v
}
