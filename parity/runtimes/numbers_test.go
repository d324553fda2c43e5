package runtimes_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// Upstream's int8 scale of weights with an infinity is infinite, and NaN becomes 0, so
// that outputs are numbers which were none; float16 keeps NaN, and an infinity becomes the
// largest float16. LiteRT with XNNPACK refuses a tensor whose one scale is infinite, and
// takes one that has it among many.
func TestWeightsThatAreNoNumbers(t *testing.T) {
	all := runtimes.ForTest(t)
	q := quantizer(t)
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	refused := everywhere(runtimes.Wrong).but(runtimes.Refused, runtimes.LiteRTXNNPACK)
	for _, c := range []struct {
		name          string
		op            tflite.BuiltinOperator
		value         float32
		int8, float16 outcomes
	}{
		{"FULLY_CONNECTED, infinity", tflite.BuiltinOperatorFULLY_CONNECTED, inf, refused, everywhere(runtimes.Wrong)},
		{"CONV_2D, infinity", tflite.BuiltinOperatorCONV_2D, inf, everywhere(runtimes.Wrong), everywhere(runtimes.Wrong)},
		{"GATHER, infinity", tflite.BuiltinOperatorGATHER, inf, refused, everywhere(runtimes.Right)},
		{"FULLY_CONNECTED, NaN", tflite.BuiltinOperatorFULLY_CONNECTED, nan, everywhere(runtimes.Wrong), everywhere(runtimes.Right)},
		{"CONV_2D, NaN", tflite.BuiltinOperatorCONV_2D, nan, everywhere(runtimes.Wrong), everywhere(runtimes.Right)},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := withValue(c.op, c.value)
			want := compute(t, all, runtimes.Trial{}, file)
			for _, o := range []struct {
				name string
				reference.Options
				want outcomes
			}{{"int8", reference.Options{}, c.int8}, {"float16", reference.Options{Float16: true}, c.float16}} {
				t.Run(o.name, func(t *testing.T) {
					got, err := q.Quantize(file, o.Options)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range all {
						out, err := r.Run(got, 1)
						outcome, why := runtimes.Refused, ""
						if err != nil {
							why = err.Error()
						} else if outcome = runtimes.Wrong; sameKinds(out[0].Data, want[0].Data) {
							outcome = runtimes.Right
						}
						if outcome != o.want[r.Name] {
							t.Errorf("%s: %s %s, want %s", r.Name, outcome, why, o.want[r.Name])
						}
					}
				})
			}
		})
	}
}

// withValue is a model of one operator with a value in its weights.
func withValue(op tflite.BuiltinOperator, value float32) []byte {
	m := synthetic.New()
	var w, y int32
	switch op {
	case tflite.BuiltinOperatorFULLY_CONNECTED:
		x := m.Input(1, 64)
		w, y = m.Random(64, 64), m.Tensor(1, 64)
		m.Op(op, []int32{x, w, -1}, y)
	case tflite.BuiltinOperatorCONV_2D:
		x := m.Input(1, 8, 8, 16)
		w, y = m.Random(16, 3, 3, 16), m.Tensor(1, 8, 8, 16)
		m.Op(op, []int32{x, w, m.Random(16)}, y)
	case tflite.BuiltinOperatorGATHER:
		x := m.Typed(tflite.TensorTypeINT32, 4)
		m.Last().Inputs = []int32{x}
		w, y = m.Random(64, 64), m.Tensor(4, 64)
		m.Op(op, []int32{w, x}, y)
	}
	m.Output(y)
	copy(m.Buffers[m.Last().Tensors[w].Buffer].Data[4*(2*64+5):], synthetic.Floats(value))
	return m.Bytes()
}

// sameKinds reports whether of two outputs the same values are NaN, the same far from 0
// (an infinity becomes the largest number in some kernels), and the others near each other.
func sameKinds(a, b []byte) bool {
	const far, near = 1e6, 0.5
	for i := 0; i < len(a); i += 4 {
		x := float64(math.Float32frombits(binary.LittleEndian.Uint32(a[i:])))
		y := float64(math.Float32frombits(binary.LittleEndian.Uint32(b[i:])))
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			if math.IsNaN(x) != math.IsNaN(y) {
				return false
			}
		case math.Abs(x) > far || math.Abs(y) > far:
			if !(math.Abs(x) > far && math.Abs(y) > far) {
				return false
			}
		case math.Abs(x-y) > near:
			return false
		}
	}
	return true
}
