package runtimes_test

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// Values outside of float16's range are lost in every runtime: large ones become 65504,
// small ones 0.
func TestValuesThatFloat16DoesNotHold(t *testing.T) {
	all := runtimes.ForTest(t)
	q := quantizer(t)
	silence := []reference.Tensor{{Type: reference.Float32, Shape: []int32{1, 64}, Data: make([]byte, 4*64)}}
	for _, c := range []struct {
		name   string
		model  *synthetic.Model
		inputs []reference.Tensor
		keep   string // the tensor
	}{
		{"weights of 1e-9", scaledDense(func(int) float32 { return 1e-9 }), nil, "t1"},
		{"one weight of 1e6", scaledDense(func(i int) float32 {
			if i == 70 {
				return 1e6
			}
			return 1
		}), nil, "t1"},
		{"1e-10 before LOG", logarithm(), silence, "t1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := c.model.Bytes()
			trial := runtimes.Trial{Inputs: c.inputs, Decibels: 60}
			trial.Want = compute(t, all, trial, file)
			got, err := q.Quantize(file, reference.Options{Float16: true})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, all, trial, got, everywhere(runtimes.Wrong))
			o := quantize.Options{BufferType: quantize.Float16, Rules: []rule.Rule{{Tensor: c.keep, Format: rule.Keep}}}
			kept, err := quantize.Bytes(read(t, file), o)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, all, trial, kept, everywhere(runtimes.Right))
		})
	}
}

// scaledDense is a FULLY_CONNECTED whose weights, t1, are whole numbers times a factor each.
func scaledDense(factor func(i int) float32) *synthetic.Model {
	m := synthetic.New()
	x := m.Input(1, 64)
	values := make([]float32, 64*64)
	for i := range values {
		values[i] = float32(i%7-3) * factor(i)
	}
	w := m.Weights([]int32{64, 64}, values...)
	y := m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
	m.Output(y)
	return m
}

// logarithm is log(x + t1), times weights.
func logarithm() *synthetic.Model {
	m := synthetic.New()
	x, least := m.Input(1, 64), m.Weights([]int32{1}, 1e-10)
	sum, log, y := m.Tensor(1, 64), m.Tensor(1, 64), m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorADD, []int32{x, least}, sum)
	m.Op(tflite.BuiltinOperatorLOG, []int32{sum}, log)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{log, m.Random(64, 64), -1}, y)
	m.Output(y)
	return m
}

// Where two tensors have one buffer, upstream quantizes what it has quantized already. Ours
// keeps such files right by itself.
func TestSharedBuffers(t *testing.T) {
	all := runtimes.ForTest(t)
	q := quantizer(t)
	m := synthetic.New()
	ids := m.Typed(tflite.TensorTypeINT32, 1, 4)
	m.Last().Inputs = []int32{ids}
	table := m.Random(64, 64)
	tied := m.Tensor(64, 64)
	m.Last().Tensors[tied].Buffer = m.Last().Tensors[table].Buffer
	e, y := m.Tensor(1, 4, 64), m.Tensor(4, 64)
	m.Op(tflite.BuiltinOperatorGATHER, []int32{table, ids}, e)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{e, tied, -1}, y)
	m.Output(y)
	file := m.Bytes()
	trial := runtimes.Trial{Decibels: 30}
	trial.Want = compute(t, all, trial, file)
	for _, o := range []quantize.Options{{}, {BufferType: quantize.Float16}} {
		theirs, err := q.Quantize(file, reference.Options{Float16: o.BufferType == quantize.Float16})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, all, trial, theirs, everywhere(runtimes.Wrong))
		ours, err := quantize.Bytes(read(t, file), o)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, all, trial, ours, everywhere(runtimes.Right))
	}
}
