package runtimes_test

import (
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

// halve stores a constant as FLOAT16 with a DEQUANTIZE, as Quantize Weights does.
func halve(m *synthetic.Model, constant int32) {
	sg := m.Last()
	t := sg.Tensors[constant]
	data := make([]byte, len(m.Buffers[t.Buffer].Data)/2) // zeros will do
	half := m.Constant(tflite.TensorTypeFLOAT16, t.Shape, data)
	full := m.Tensor(t.Shape...)
	readers := sg.Operators
	for _, op := range readers {
		for i := range op.Inputs {
			if op.Inputs[i] == constant {
				op.Inputs[i] = full
			}
		}
	}
	sg.Operators = nil
	m.Op(tflite.BuiltinOperatorDEQUANTIZE, []int32{half}, full)
	sg.Operators = append(sg.Operators, readers...)
}

// Where an operator's weights are INT8 or INT4 and its activations float32, XNNPACK in
// LiteRT takes the operator because its bias is constant, and then finds that it is not,
// where it comes from a DEQUANTIZE. Of these operators it is FULLY_CONNECTED and
// CONV_2D. A bias that is computed leaves the operator to the builtin kernel.
func TestAFloat16BiasBesideInt8Weights(t *testing.T) {
	all := runtimes.ForTest(t)
	notOld := everywhere(runtimes.Right).but(runtimes.Refused, runtimes.Old, runtimes.OldXNNPACK)
	for _, c := range []struct {
		name    string
		typ     tflite.TensorType
		build   func(m *synthetic.Model, typ tflite.TensorType) (inputs []int32, bias int32, y []int32, op tflite.BuiltinOperator)
		version int32
		full    outcomes // with the bias in float32
		half    outcomes // in float16
	}{
		{"FULLY_CONNECTED", tflite.TensorTypeINT8, dense, 9, everywhere(runtimes.Right), everywhere(runtimes.Right).but(runtimes.Refused, runtimes.LiteRTXNNPACK)},
		{"FULLY_CONNECTED", tflite.TensorTypeINT4, dense, 12, notOld, everywhere(runtimes.Refused).but(runtimes.Right, runtimes.C, runtimes.LiteRT)},
		{"CONV_2D", tflite.TensorTypeINT8, conv, 5, everywhere(runtimes.Right), everywhere(runtimes.Right).but(runtimes.Refused, runtimes.LiteRTXNNPACK)},
		{"DEPTHWISE_CONV_2D", tflite.TensorTypeINT8, depthwise, 6, everywhere(runtimes.Right), everywhere(runtimes.Right)},
		{"TRANSPOSE_CONV", tflite.TensorTypeINT8, deconv, 4, notOld, notOld},
	} {
		t.Run(c.name+" "+c.typ.String(), func(t *testing.T) {
			float := synthetic.New()
			inputs, _, shape, op := c.build(float, tflite.TensorTypeFLOAT32)
			y := float.Tensor(shape...)
			float.Op(op, inputs, y)
			float.Output(y)
			trial := runtimes.Trial{Decibels: 30}
			trial.Want = compute(t, all, trial, float.Bytes())
			for _, storage := range []struct {
				name string
				half bool
				want outcomes
			}{{"float32", false, c.full}, {"float16", true, c.half}} {
				t.Run(storage.name, func(t *testing.T) {
					m := synthetic.New()
					inputs, bias, shape, op := c.build(m, c.typ)
					y := m.Tensor(shape...)
					m.Op(op, inputs, y)
					m.Output(y)
					if storage.half {
						halve(m, bias)
					}
					m.OperatorCodes[m.Code(op)].Version = c.version
					expect(t, all, trial, m.Bytes(), storage.want)
				})
			}
		})
	}
}

func dense(m *synthetic.Model, typ tflite.TensorType) ([]int32, int32, []int32, tflite.BuiltinOperator) {
	b := m.Weights([]int32{64}, 0)
	return []int32{m.Input(1, 64), weights(m, typ, perTensor, 64, 64), b}, b, []int32{1, 64}, tflite.BuiltinOperatorFULLY_CONNECTED
}

func conv(m *synthetic.Model, typ tflite.TensorType) ([]int32, int32, []int32, tflite.BuiltinOperator) {
	b := m.Weights([]int32{16}, 0)
	return []int32{m.Input(1, 8, 8, 8), weights(m, typ, 0, 16, 3, 3, 8), b}, b, []int32{1, 8, 8, 16}, tflite.BuiltinOperatorCONV_2D
}

func depthwise(m *synthetic.Model, typ tflite.TensorType) ([]int32, int32, []int32, tflite.BuiltinOperator) {
	b := m.Weights([]int32{16}, 0)
	return []int32{m.Input(1, 8, 8, 16), weights(m, typ, 3, 1, 3, 3, 16), b}, b, []int32{1, 8, 8, 16}, tflite.BuiltinOperatorDEPTHWISE_CONV_2D
}

func deconv(m *synthetic.Model, typ tflite.TensorType) ([]int32, int32, []int32, tflite.BuiltinOperator) {
	b := m.Weights([]int32{16}, 0)
	shape := m.Constant(tflite.TensorTypeINT32, []int32{4}, synthetic.Ints(1, 8, 8, 16))
	return []int32{shape, weights(m, typ, 0, 16, 3, 3, 8), m.Input(1, 8, 8, 8), b}, b, []int32{1, 8, 8, 16}, tflite.BuiltinOperatorTRANSPOSE_CONV
}

// float16OfInt8 is what upstream's float16 of upstream's int8 of the real models is in
// LiteRT with XNNPACK. It takes upstream's word for the models where it is right:
// they hold no int8 weights.
var float16OfInt8 = map[string]runtimes.Outcome{
	"nmp":                        runtimes.Refused, // by every runtime: see TestSharedBuffers
	"face_landmark":              runtimes.Refused,
	"iris_landmark":              runtimes.Refused,
	"hand_recrop":                runtimes.Refused,
	"hand_landmark_full":         runtimes.Right,
	"pose_detection":             runtimes.Right,
	"autoencoder_example":        runtimes.Refused,
	"image_example1":             runtimes.Refused,
	"keyword_spotting_alexa":     runtimes.Refused,
	"keyword_spotting_on_off_v3": runtimes.Refused,
	"birdnet":                    runtimes.Refused,
}

// With the biases of FULLY_CONNECTED and CONV_2D in float32 where the weights are
// INT8, the float16 files of the real models' int8 files run.
func TestFloat16OfInt8OfRealModels(t *testing.T) {
	all := runtimes.ForTest(t)
	xnnpack := all[2:3]
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	q := quantizer(t)
	for _, c := range list {
		want, ok := float16OfInt8[c.Name]
		if !ok {
			continue // has an operator that no runtime here knows
		}
		t.Run(c.Name, func(t *testing.T) {
			file, err := os.ReadFile(c.Path)
			if err != nil {
				t.Fatal(err)
			}
			int8, err := q.Quantize(file, reference.Options{})
			if err != nil {
				t.Fatal(err)
			}
			trial := runtimes.Trial{Decibels: 25}
			if trial.Want, err = trial.Run(xnnpack[0], int8); err != nil {
				t.Fatal(err)
			}
			half, err := q.Quantize(int8, reference.Options{Float16: true})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, xnnpack, trial, half, everywhere(want))
			m := read(t, int8)
			mended, err := quantize.Bytes(m, quantize.Options{BufferType: quantize.Float16, Repairs: repair.Every()})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, xnnpack, trial, mended, everywhere(runtimes.Right))
		})
	}
}
