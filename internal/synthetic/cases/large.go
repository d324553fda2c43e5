package cases

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// largeCases are weights of several megabytes, which are quantized in pieces,
// with the values that decide about the scale in one piece alone.
func largeCases() []Case {
	modes := []quantize.Options{all(quantize.Updated), all(quantize.Legacy), {BufferType: quantize.Float16}}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	odd := []struct {
		name string
		at   float64 // as a part of the whole
		v    float32
	}{
		{"ordinary values", 0, 0.5},
		{"the largest value at the end", 1, 9},
		{"the least value inside", 0.55, -9},
		{"a NaN in front", 0, nan},
		{"a NaN inside", 0.71, nan},
		{"a NaN at the end", 1, nan},
		{"infinity inside", 0.3, -inf},
	}
	var cases []Case
	for _, kind := range []struct {
		op    tflite.BuiltinOperator
		shape []int32
	}{
		{tflite.BuiltinOperatorFULLY_CONNECTED, []int32{1031, 1153}},
		{tflite.BuiltinOperatorCONV_2D, []int32{5, 3, 1, 79261}},
		{tflite.BuiltinOperatorCONV_2D, []int32{1153, 1, 1, 1031}},
		{tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{1, 3, 56627, 7}},
		{tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{1, 3, 1, 396389}},
	} {
		for _, o := range odd {
			cases = append(cases, Case{Name: fmt.Sprintf("large weights/%s %v/%s", kind.op, kind.shape, o.name), Options: modes, Model: func() *Model {
				m := newModel()
				x, w := m.Input(1, 6), m.noise(kind.shape)
				m.set(w, int(o.at*float64(synthetic.Elements(kind.shape)-1)), o.v)
				m.use(ruleOf(kind.op), map[int32]int32{0: x, 1: w}, func() int32 { return -1 })
				return m
			}})
		}
	}
	return append(cases, Case{Name: "large weights/extremes that do not cover the data", Options: modes, Model: func() *Model {
		m := newModel()
		x, w := m.Input(1, 6), m.noise([]int32{4, 3, 1, 100003})
		m.Last().Tensors[w].Quantization = &tflite.QuantizationParametersT{Min: []float32{-1, -0.2, 0, -0.01}, Max: []float32{1, 0.1, 0, 0.9}}
		m.use(ruleOf(tflite.BuiltinOperatorCONV_2D), map[int32]int32{0: x, 1: w}, func() int32 { return -1 })
		return m
	}})
}

// noise adds a float32 constant of values in [-1, 1).
func (m *Model) noise(shape []int32) int32 {
	r := rand.New(rand.NewPCG(5, 6))
	values := make([]float32, synthetic.Elements(shape))
	for i := range values {
		values[i] = 2*r.Float32() - 1
	}
	return m.Constant(tflite.TensorTypeFLOAT32, shape, synthetic.Floats(values...))
}

// set changes one value of a constant.
func (m *Model) set(t int32, at int, v float32) {
	copy(m.Buffers[m.Last().Tensors[t].Buffer].Data[4*at:], synthetic.Floats(v))
}
