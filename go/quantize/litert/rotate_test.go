package litert_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func random(m *synthetic.Model, shape ...int32) int32 {
	r := rand.New(rand.NewPCG(51, 52))
	values := make([]float32, synthetic.Elements(shape))
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	return m.Constant(tflite.TensorTypeFLOAT32, shape, synthetic.Floats(values...))
}

// A lookup that is an output, and two matrices that read it: its rows are rotated back
// right behind it, and for the matrices once more in front of the first.
func TestRotationsAroundOperators(t *testing.T) {
	m := synthetic.New()
	ids := m.Typed(tflite.TensorTypeINT32, 1)
	m.Last().Inputs = []int32{ids}
	x := m.Tensor(1, 12)
	m.Op(tflite.BuiltinOperatorEMBEDDING_LOOKUP, []int32{ids, random(m, 6, 12)}, x)
	sum := m.Tensor(1)
	m.Op(tflite.BuiltinOperatorADD, []int32{ids, ids}, sum)
	a := dense(m, x, random(m, 3, 12), 3)
	m.Output(x, a, dense(m, x, random(m, 5, 12), 5))
	const want = `0 t0 INT32
1 t1 FLOAT32
2 t2 INT8
3 t3 FLOAT32
4 t4 INT8
5 t5 FLOAT32
6 t6 INT8
7 t7 FLOAT32
8 t1_prerotate_shape INT32
9 t1_prerotate_reshaped FLOAT32
10 t1_hadamard_matrix FLOAT32
11 t1_rotated FLOAT32
12 t1_postrotate_shape INT32
13 t1_postrotate_reshaped FLOAT32
14 t1_postrotate_reshaped_prerotate_shape INT32
15 t1_postrotate_reshaped_prerotate_reshaped FLOAT32
16 t1_postrotate_reshaped_rotated FLOAT32
17 t1_postrotate_reshaped_postrotate_shape INT32
18 t1_postrotate_reshaped_postrotate_reshaped FLOAT32
[0 2] -> [1]
[1 8] -> [9]
[9 10] -> [11]
[11 12] -> [13]
[0 0] -> [3]
[13 14] -> [15]
[15 10] -> [16]
[16 17] -> [18]
[18 4 -1] -> [5]
[18 6 -1] -> [7]
out [13 5 7]`
	out := quantized(t, m, named(t, "dynamic_wi8c_hr_afp32"))
	if got := show(out); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if s := out.Tensors[9].Shape; s[0] != 3 || s[1] != 4 {
		t.Errorf("12 values are rotated as %v", s)
	}
}

// The product of rotated values and rotated weights is that of the values and weights.
func TestRotationsKeepProducts(t *testing.T) {
	m := synthetic.New()
	m.Output(dense(m, m.Input(1, 64), random(m, 2, 64), 2))
	file, err := quantize.Bytes(&m.ModelT, named(t, "dynamic_wi8c_hr_afp32"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	data := func(t int32) []byte { return out.Buffers[out.Subgraphs[0].Tensors[t].Buffer].Data }
	weights, scale := data(1), out.Subgraphs[0].Tensors[1].Quantization.Scale
	matrix := floats(data(out.Subgraphs[0].Operators[1].Inputs[1]))
	for row := range 2 {
		for column := range 64 {
			sum := 0.0 // of the weights, rotated back
			for k := range 64 {
				sum += float64(int8(weights[64*row+k])) * float64(scale[row]) * float64(matrix[64*k+column])
			}
			want := floats(m.Buffers[m.Last().Tensors[1].Buffer].Data)[64*row+column]
			if math.Abs(sum-float64(want)) > 0.05 {
				t.Errorf("weight %d, %d is %g, want %g", row, column, sum, want)
			}
		}
	}
}

func floats(data []byte) []float32 {
	out := make([]float32, len(data)/4)
	for i := range out {
		out[i] = math.Float32frombits(uint32(data[4*i]) | uint32(data[4*i+1])<<8 | uint32(data[4*i+2])<<16 | uint32(data[4*i+3])<<24)
	}
	return out
}

func TestRotationsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		build func(m *synthetic.Model)
		want  string
	}{
		"odd rows":   {func(m *synthetic.Model) { dense(m, m.Input(1, 7), random(m, 2, 7), 2) }, "its shape is [2 7]: rotations are for last dimensions that a power of two"},
		"an integer": {func(m *synthetic.Model) { dense(m, m.Typed(tflite.TensorTypeINT8, 1, 8), random(m, 2, 8), 2) }, "its input is INT8 of shape [1 8], which is to be rotated as its weights are: want FLOAT32, a multiple of 8 values"},
		"no rows":    {func(m *synthetic.Model) { dense(m, m.Input(1, 7), random(m, 2, 8), 2) }, "want FLOAT32, a multiple of 8 values"},
		"no input":   {func(m *synthetic.Model) { dense(m, -1, random(m, 2, 8), 2) }, "it has no input, which is to be rotated as its weights are"},
	} {
		m := synthetic.New()
		c.build(m)
		m.Output(0)
		_, err := quantize.Bytes(&m.ModelT, named(t, "dynamic_wi8c_hr_afp32"))
		if !errors.Is(err, quantize.ErrModel) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
