package synthetic

import (
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Sample returns a model for tests of what is above the numbers. Every action
// and reason of int8 occurs in it but those of lookups: weights per channel and
// per tensor, dequantized ones, small ones, a bias, an INT32 constant and
// activations.
func Sample() *tflite.ModelT {
	m := New()
	m.Description = "sample"
	in := m.named("in", m.Input(1, 8, 8, 64))
	filter := m.sine("conv/filter", 4, 3, 3, 64)
	bias := m.sine("conv/bias", 4)
	convolved := m.named("conv", m.Tensor(1, 8, 8, 4))
	dense := m.sine("dense/weights", 8, 256)
	densified := m.named("dense", m.Tensor(1, 8))
	small := m.sine("small/weights", 2, 8)
	shrunk := m.named("small", m.Tensor(1, 2))
	shape := m.named("up/shape", m.Constant(tflite.TensorTypeINT32, []int32{4}, Ints(1, 8, 8, 4)))
	up := m.sine("up/filter", 4, 3, 3, 64)
	out := m.named("up", m.Tensor(1, 8, 8, 4))

	m.bare(tflite.BuiltinOperatorCONV_2D, []int32{in, filter, bias}, convolved)
	m.bare(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{convolved, dense, -1}, densified)
	m.bare(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{densified, small, -1}, shrunk)
	m.bare(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{shape, up, shrunk}, out)
	m.Output(out)
	m.Last().DebugMetadataIndex = 0 // not the default: the file has it
	return &m.ModelT
}

// SampleFile returns Sample as the bytes of a file.
func SampleFile() []byte {
	m := Model{ModelT: *Sample()}
	return m.Bytes()
}

func (m *Model) named(name string, t int32) int32 {
	m.Last().Tensors[t].Name = name
	return t
}

// sine adds a named float32 constant with the sines of 0, 1, 2, ...
func (m *Model) sine(name string, shape ...int32) int32 {
	values := make([]float32, Elements(shape))
	for i := range values {
		values[i] = float32(math.Sin(float64(i)))
	}
	return m.named(name, m.Weights(shape, values...))
}

// bare adds a built-in operator without options.
func (m *Model) bare(op tflite.BuiltinOperator, inputs []int32, output int32) {
	m.Op(op, inputs, output).BuiltinOptions = nil
}
