package parity

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// What upstream's tests of its utilities say, by its names. Most of it shows in
// the whole call as well: weights of a convolution are quantized per channel on
// dimension 0, those of a depthwise one on the last of four.

// weighing has an operator whose weights, tensor 1 and buffer 1, have the shape.
func weighing(op tflite.BuiltinOperator, shape []int32, weights ...float32) *synthetic.Model {
	m := synthetic.New()
	x, w := m.Input(1, 2, 2, 2), m.Weights(shape, weights...)
	y := m.Tensor(1, 2, 2, 2)
	m.Op(op, []int32{x, w, -1}, y)
	m.Output(y)
	return m
}

const depthwiseOp = tflite.BuiltinOperatorDEPTHWISE_CONV_2D

// eights are three rows of eight values.
var eights = []float32{
	3, 2, 5, -2, 3, 2, 5, -2,
	1, 2, 3, 4, 5, 6, 7, 8,
	1, 0, -1, -2, -3, -4, -5, -6,
}

func expectPerChannel(dim int32, scales []float32, values []int8) func(*testing.T, *tflite.ModelT) {
	return func(t *testing.T, out *tflite.ModelT) {
		t.Helper()
		q := out.Subgraphs[0].Tensors[1].Quantization
		if q.QuantizedDimension != dim || !slices.EqualFunc(q.Scale, scales, near) {
			t.Errorf("scales %v on dimension %d, expected %v on %d", q.Scale, q.QuantizedDimension, scales, dim)
		}
		if d := cmp.Diff(make([]int64, len(scales)), q.ZeroPoint); d != "" {
			t.Errorf("zero points: %s", d)
		}
		if d := cmp.Diff(values, signed(out.Buffers[1].Data)); d != "" {
			t.Errorf("values (-want +got):\n%s", d)
		}
	}
}

func signed(data []byte) []int8 {
	v := make([]int8, len(data))
	for i := range data {
		v[i] = int8(data[i])
	}
	return v
}

var rowScales = []float32{0.0393700786, 0.0629921257, 0.0472440943}

var rowValues = []int8{
	76, 51, 127, -51, 76, 51, 127, -51,
	16, 32, 48, 64, 79, 95, 111, 127,
	21, 0, -21, -42, -64, -85, -106, -127,
}

func TestSymmetricPerChannelQuantization(t *testing.T) {
	inBoth(t, weighing(convOp, []int32{3, 2, 2, 2}, eights...), everything, expectPerChannel(0, rowScales, rowValues))
}

func TestSymmetricPerChannelQuantizeWithParameters(t *testing.T) {
	m := weighing(convOp, []int32{3, 2, 2, 2}, eights...)
	m.Last().Tensors[1].Quantization = &tflite.QuantizationParametersT{Scale: []float32{9}, ZeroPoint: []int64{9}, QuantizedDimension: 2}
	inBoth(t, m, everything, expectPerChannel(0, rowScales, rowValues))
}

func TestSymmetricPerChannelQuantization2DTensor(t *testing.T) {
	scales := []float32{0.02362204724, 0.01574803149, 0.03937007874, 0.03149606299, 0.03937007874, 0.04724409448, 0.05511811023, 0.06299212598}
	values := []int8{
		127, 127, 127, -64, 76, 42, 91, -32,
		42, 127, 76, 127, 127, 127, 127, 127,
		42, 0, -25, -64, -76, -85, -91, -95,
	}
	inBoth(t, weighing(depthwiseOp, []int32{1, 1, 3, 8}, eights...), everything, expectPerChannel(3, scales, values))
}

// Minima and maxima make the inverse scales 2, 0.5 and 3.
func TestSymmetricPerChannelQuantizeValues(t *testing.T) {
	m := weighing(convOp, []int32{3, 1, 1, 2}, 13, 21, 21, 22, 31, 40)
	limits := []float32{63.5, 254, 127.0 / 3}
	m.Last().Tensors[1].Quantization = &tflite.QuantizationParametersT{Min: []float32{0, 0, 0}, Max: limits}
	inBoth(t, m, everything, expectPerChannel(0, []float32{0.5, 2, 1.0 / 3}, []int8{26, 42, 11, 11, 93, 120}))
}

func TestFillPerChannelMinMax(t *testing.T) {
	two := []float32{1, 2, 3, 4, -1, 7, -9, 0}
	for _, c := range []struct {
		name      string
		op        tflite.BuiltinOperator
		shape     []int32
		dim       int32
		low, high []float32
	}{
		{"dimension 0", convOp, []int32{3, 2, 2, 2}, 0, []float32{-2, 1, -6}, []float32{5, 8, 1}},
		{"dimension 3", depthwiseOp, []int32{1, 3, 2, 4}, 3, []float32{-3, -4, -5, -6}, []float32{5, 6, 7, 8}},
		{"two dimensions, the last", depthwiseOp, []int32{1, 1, 2, 4}, 3, []float32{-1, 2, -9, 0}, []float32{1, 7, 3, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			values := eights
			if c.shape[1]*c.shape[2]*c.shape[3] == 8 && c.shape[0] == 1 {
				values = two
			}
			inBoth(t, weighing(c.op, c.shape, values...), everything, func(t *testing.T, out *tflite.ModelT) {
				q := out.Subgraphs[0].Tensors[1].Quantization
				if !slices.Equal(q.Min, c.low) || !slices.Equal(q.Max, c.high) || q.QuantizedDimension != c.dim {
					t.Errorf("%v to %v on dimension %d, expected %v to %v on %d", q.Min, q.Max, q.QuantizedDimension, c.low, c.high, c.dim)
				}
			})
		})
	}
}

// A model that is missing, or misses a tensor, is an error.
func TestNullInputs(t *testing.T) {
	noTensor := weighing(convOp, []int32{3, 2, 2, 2}, eights...)
	noTensor.Last().Tensors[1] = nil
	for name, m := range map[string]*tflite.ModelT{"model": nil, "tensor": &noTensor.ModelT} {
		if _, err := quantize.Bytes(m, everything); !errors.Is(err, quantize.ErrModel) {
			t.Errorf("without a %s: %v, expected ErrModel", name, err)
		}
	}
}

func TestSymmetricQuantizeTensor(t *testing.T) {
	for name, q := range map[string]*tflite.QuantizationParametersT{
		"without parameters": nil,
		"with parameters":    {Min: []float32{-1}, Max: []float32{2}, Scale: []float32{3, 4}, QuantizedDimension: 1},
	} {
		t.Run(name, func(t *testing.T) {
			m := oneDense(eights)
			m.Last().Tensors[1].Quantization = q
			inBoth(t, m, everything, func(t *testing.T, out *tflite.ModelT) {
				expectTypes(t, out, f32, i8)
				if n := len(out.Buffers[1].Data); n != len(eights) {
					t.Errorf("%d bytes, expected %d", n, len(eights))
				}
				if got := out.Subgraphs[0].Tensors[1].Quantization; len(got.Scale) != 1 || !near(got.Scale[0], 8.0/127) || !slices.Equal(got.ZeroPoint, []int64{0}) {
					t.Errorf("scales %v, zero points %v, expected 8/127 and 0", got.Scale, got.ZeroPoint)
				}
			})
		})
	}
}

// Scales, zero points, dimension, type and data are set together.
func TestAddQuantizationParams(t *testing.T) {
	inBoth(t, weighing(depthwiseOp, []int32{1, 1, 3, 8}, eights...), everything, func(t *testing.T, out *tflite.ModelT) {
		tensor := out.Subgraphs[0].Tensors[1]
		q := tensor.Quantization
		if tensor.Type != i8 || len(q.Scale) != 8 || len(q.ZeroPoint) != 8 || q.QuantizedDimension != 3 || len(out.Buffers[1].Data) != 24 {
			t.Errorf("%v with %d scales, %d zero points, dimension %d and %d bytes, expected INT8, 8, 8, 3 and 24",
				tensor.Type, len(q.Scale), len(q.ZeroPoint), q.QuantizedDimension, len(out.Buffers[1].Data))
		}
	})
}

// An operator's weights have the product of their shape for their number of
// elements, 1 without a shape; a negative dimension is an error.
func TestNumElements(t *testing.T) {
	for _, c := range []struct {
		shape []int32
		n     uint64
	}{{nil, 1}, {[]int32{1}, 1}, {[]int32{7}, 7}, {[]int32{2, 3, 4}, 24}, {[]int32{1, 5, 1, 2, 3}, 30}} {
		for _, least := range []uint64{c.n, c.n + 1} {
			m := weighing(tflite.BuiltinOperatorFULLY_CONNECTED, c.shape, 1, -2, 3)
			inBoth(t, m, quantize.Options{MinElements: least}, func(t *testing.T, out *tflite.ModelT) {
				expectTypes(t, out, f32, map[bool]tflite.TensorType{true: i8, false: f32}[least == c.n])
			})
		}
	}
	m := weighing(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{1, 2}, 1, -2)
	m.Last().Tensors[1].Shape = []int32{1, -2}
	refusedByBoth(t, m)
}

func TestTensorHasMinMax(t *testing.T) {
	both := weighing(convOp, []int32{1, 2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)
	both.Last().Tensors[1].Quantization = &tflite.QuantizationParametersT{Min: []float32{-100}, Max: []float32{100}}
	inBoth(t, both, everything, func(t *testing.T, out *tflite.ModelT) {
		if q := out.Subgraphs[0].Tensors[1].Quantization; !near(q.Scale[0], 100.0/127) {
			t.Errorf("scale %v, expected that of the given maximum, 100/127", q.Scale[0])
		}
	})
	for _, q := range []*tflite.QuantizationParametersT{{Min: []float32{-100}}, {Max: []float32{100}}} {
		m := weighing(convOp, []int32{1, 2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)
		m.Last().Tensors[1].Quantization = q
		refusedByBoth(t, m)
	}
}

func refusedByBoth(t *testing.T, m *synthetic.Model) {
	t.Helper()
	r, err := compare.Quantize(&smallModels, m.Bytes(), everything)
	if err != nil {
		t.Fatal(err)
	}
	if r.Outcome != outcome.RefusedByBoth || !errors.Is(r.OursErr, quantize.ErrModel) {
		t.Errorf("%v, expected an error status and ErrModel", r)
	}
}
