package cases

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

const (
	float   = tflite.TensorTypeFLOAT32
	integer = tflite.TensorTypeINT32
)

// again adds a tensor that shares the buffer of tensor t of a subgraph.
func (m *Model) again(from int, t int32, typ tflite.TensorType, shape ...int32) int32 {
	a := m.Typed(typ, shape...)
	m.Last().Tensors[a].Buffer = m.Subgraphs[from].Tensors[t].Buffer
	return a
}

// sharedAsWhole has weights with a scale for each channel, which a dense layer has too.
func sharedAsWhole(m *Model) {
	x, w := m.Input(1, 1, 1, 64), m.Random(64, 1, 1, 64)
	y := m.Tensor(1, 1, 1, 64)
	m.Op(tflite.BuiltinOperatorCONV_2D, []int32{x, w, m.Weights([]int32{64}, 0)}, y)
	m.Output(m.dense(y, m.again(0, w, float, 64, 64), 64))
}

// sharedExtremes has the same weights twice, of which one have extremes of their own.
func sharedExtremes(m *Model) {
	x, w := m.Input(1, 1, 1, 64), m.Random(64, 1, 1, 64)
	v, bias := m.again(0, w, float, 64, 1, 1, 64), m.Weights([]int32{64}, 0)
	limits := make([]float32, 64)
	for i := range limits {
		limits[i] = 4 + float32(i)/64
	}
	m.Last().Tensors[v].Quantization = &tflite.QuantizationParametersT{Min: limits, Max: limits}
	y, z := m.Tensor(1, 1, 1, 64), m.Tensor(1, 1, 1, 64)
	m.Op(tflite.BuiltinOperatorCONV_2D, []int32{x, w, bias}, y)
	m.Op(tflite.BuiltinOperatorCONV_2D, []int32{y, v, bias}, z)
	m.Output(z)
}

// sharedBufferCases are tensors that share the buffer of quantized weights,
// which upstream quantizes once for each.
func sharedBufferCases() []Case {
	type build = func(m *Model)
	denseOf := func(m *Model, x, w int32) int32 { return m.dense(x, w, 64) }
	var cases []Case
	add := func(name string, b build) {
		for _, o := range append(every(), quantize.Options{BufferType: quantize.Float16}) {
			cases = append(cases, Case{Name: fmt.Sprintf("shared buffers/%s/%s", name, Describe(o)), Options: []quantize.Options{o},
				Outcome: outcome.EqualDefined, Runs: true, Model: func() *Model {
					m := newModel()
					b(m)
					return m
				}})
		}
	}
	add("two tensors of one operator kind", func(m *Model) {
		x, w := m.Input(1, 64), m.Random(64, 64)
		m.Output(denseOf(m, denseOf(m, x, w), m.again(0, w, float, 64, 64)))
	})
	add("two subgraphs", func(m *Model) {
		ifModel := ifModel()
		ifModel.Subgraphs[2].Tensors[1].Buffer = ifModel.Subgraphs[1].Tensors[1].Buffer
		m.ModelT = ifModel.ModelT
	})
	add("per channel, and as a whole", sharedAsWhole)
	add("per channel, with other extremes", sharedExtremes)
	add("an operand that is not quantized to int8", func(m *Model) {
		x, w := m.Input(64, 64), m.Random(64, 64)
		y, z := m.Tensor(64, 64), m.Tensor(64, 64)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		m.Op(tflite.BuiltinOperatorADD, []int32{y, m.again(0, w, float, 64, 64)}, z)
		m.Output(z)
	})
	add("integers in the same bytes", func(m *Model) {
		x := m.Input(64, 64)
		w := m.Random(64, 64)
		v, y, z := m.again(0, w, integer, 64, 64), m.Tensor(64, 64), m.Typed(tflite.TensorTypeINT32, 64, 64)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		m.Op(tflite.BuiltinOperatorADD, []int32{v, v}, z)
		m.Output(y, z)
	})
	return append(cases, Case{Name: "shared buffers/metadata", Outcome: outcome.EqualDefined, Runs: true, Options: every(), Model: func() *Model {
		m := newModel()
		w := m.Random(64, 64)
		m.Output(denseOf(m, m.Input(1, 64), w))
		m.Metadata = []*tflite.MetadataT{{Name: "weights", Buffer: m.Last().Tensors[w].Buffer}}
		return m
	}})
}
