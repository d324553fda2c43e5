package litert

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// rotationModels have lookups and matrices whose inputs and outputs are shared in all ways
// that change where rotations are put.
func rotationModels() []source {
	type build = func(m *synthetic.Model, r *rand.Rand)
	dense := func(m *synthetic.Model, r *rand.Rand, x, rows, columns int32) int32 {
		w, b := weightsOf(m, r, rows, columns), weightsOf(m, r, rows)
		y := m.Tensor(4, rows)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, b}, y)
		return y
	}
	lookup := func(m *synthetic.Model, table, columns int32) int32 {
		ids := m.Input(4)
		m.Last().Tensors[ids].Type = tflite.TensorTypeINT32
		y := m.Tensor(4, columns)
		m.Op(tflite.BuiltinOperatorEMBEDDING_LOOKUP, []int32{ids, table}, y)
		return y
	}
	models := map[string]build{
		"an input of two matrices and an ADD": func(m *synthetic.Model, r *rand.Rand) {
			x := m.Input(4, 48)
			sum := m.Tensor(4, 48)
			m.Op(tflite.BuiltinOperatorADD, []int32{x, x}, sum)
			m.Output(dense(m, r, x, 8, 48), dense(m, r, x, 16, 48), sum)
		},
		"a lookup that is an output": func(m *synthetic.Model, r *rand.Rand) {
			x := lookup(m, weightsOf(m, r, 30, 32), 32)
			y := m.Input(4, 8)
			sum := m.Tensor(4, 8)
			m.Op(tflite.BuiltinOperatorADD, []int32{y, y}, sum)
			m.Output(x, dense(m, r, x, 8, 32), sum)
		},
		"a lookup that an ADD reads before a matrix": func(m *synthetic.Model, r *rand.Rand) {
			x := lookup(m, weightsOf(m, r, 30, 64), 64)
			sum := m.Tensor(4, 64)
			m.Op(tflite.BuiltinOperatorADD, []int32{x, x}, sum)
			m.Output(dense(m, r, x, 8, 64), dense(m, r, sum, 8, 64))
		},
		"a table that is the last matrix": func(m *synthetic.Model, r *rand.Rand) {
			table := weightsOf(m, r, 30, 64)
			x := dense(m, r, lookup(m, table, 64), 64, 64)
			y, b := m.Tensor(4, 30), weightsOf(m, r, 30)
			m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, table, b}, y)
			m.Output(y)
		},
		"long rows": func(m *synthetic.Model, r *rand.Rand) {
			x := m.Input(4, 1024)
			m.Output(dense(m, r, x, 3, 1024), dense(m, r, dense(m, r, x, 512, 1024), 5, 512))
		},
		"rotations of other sizes": func(m *synthetic.Model, r *rand.Rand) {
			x := dense(m, r, m.Input(4, 96), 128, 96)
			m.Output(dense(m, r, dense(m, r, x, 224, 128), 8, 224))
		},
	}
	var out []source
	for _, name := range slices.Sorted(maps.Keys(models)) {
		m := synthetic.New()
		models[name](m, rand.New(rand.NewPCG(41, 42)))
		out = append(out, source{name, m.Bytes()})
	}
	return out
}

func weightsOf(m *synthetic.Model, r *rand.Rand, shape ...int32) int32 {
	values := make([]float32, synthetic.Elements(shape))
	for i := range values {
		values[i] = float32(r.NormFloat64() / 8)
	}
	return m.Constant(tflite.TensorTypeFLOAT32, shape, synthetic.Floats(values...))
}
