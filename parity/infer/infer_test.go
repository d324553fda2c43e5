package infer

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

func tensor(typ reference.Type, shape []int32, values ...float32) reference.Tensor {
	t := reference.Tensor{Name: "t", Type: typ, Shape: shape}
	for _, v := range values {
		t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(v))
	}
	return t
}

func TestTheSameIsTheSameToTheBit(t *testing.T) {
	zero := tensor(reference.Float32, []int32{1}, 0)
	negative := tensor(reference.Float32, []int32{1}, float32(math.Copysign(0, -1)))
	nan := tensor(reference.Float32, []int32{1}, float32(math.NaN()))
	if d := Same([]reference.Tensor{nan, zero}, []reference.Tensor{nan, zero}); d != "" {
		t.Error(d)
	}
	if d := Same([]reference.Tensor{nan, zero}, []reference.Tensor{nan, negative}); d == "" {
		t.Error("two zeros of different signs are the same")
	}
	if d := Same([]reference.Tensor{zero}, nil); d == "" {
		t.Error("one output and none are the same")
	}
}

func TestErrorsAreMeasuredOverAllFloatOutputs(t *testing.T) {
	want := []reference.Tensor{
		tensor(reference.Float32, []int32{2, 2}, 3, 0, 0, -4),
		tensor(reference.Int32, []int32{1}, 7),
		tensor(reference.Float32, []int32{1}, 0),
	}
	got := []reference.Tensor{
		tensor(reference.Float32, []int32{2, 2}, 3, 0, -1, 0),
		tensor(reference.Int32, []int32{1}, 9),
		tensor(reference.Float32, []int32{1}, 0),
	}
	var e Error
	Add(&e, want, got)
	expected := Error{Values: 5, Largest: 4, Peak: 4, Signal: 25, Noise: 17, Vectors: 2, Changed: 1}
	if d := cmp.Diff(expected, e); d != "" {
		t.Error(d)
	}
	if got := e.String(); got != "1.7 dB" {
		t.Errorf("%s, expected 1.7 dB", got)
	}
	var none Error
	Add(&none, want, want)
	if got := none.String(); got != "without noise" {
		t.Errorf("%s, expected no noise", got)
	}
}
