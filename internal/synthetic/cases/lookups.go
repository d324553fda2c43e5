package cases

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// lookup adds an operator that looks up in a table, which is a tensor or, for
// EMBEDDING_LOOKUP, the operator's other input; it returns the output.
func (m *Model) lookup(op tflite.BuiltinOperator, table int32) int32 {
	ids := m.Constant(tflite.TensorTypeINT32, []int32{2}, synthetic.Ints(1, 0))
	y := m.Tensor(2, 6)
	inputs := []int32{table, ids}
	if op == tflite.BuiltinOperatorEMBEDDING_LOOKUP {
		inputs = []int32{ids, table}
	}
	m.Op(op, inputs, y)
	return y
}

// lookupCases are lookups, whose outputs become int8 where their table is read
// by nothing else, and what then reads these.
func lookupCases() []Case {
	var cases []Case
	for _, rule := range opTable {
		if !rule.PassThrough {
			continue
		}
		op := rule.Operator
		add := func(name string, build func(m *Model, x, table int32)) {
			cases = append(cases, Case{Name: fmt.Sprintf("lookups/%s/%s", op, name), Model: func() *Model {
				m := newModel()
				build(m, m.Input(1, 6), m.Random(5, 6))
				return m
			}})
		}
		add("the output of the subgraph", func(m *Model, _, table int32) { m.Output(m.lookup(op, table)) })
		add("twice the output of the subgraph", func(m *Model, x, table int32) {
			y := m.lookup(op, table)
			m.Output(y, x, y)
		})
		add("nothing reads it", func(m *Model, x, table int32) {
			m.lookup(op, table)
			m.Output(x)
		})
		add("the table is an output", func(m *Model, _, table int32) {
			y := m.lookup(op, table)
			m.Output(table, y)
		})
		add("read by others", func(m *Model, x, table int32) {
			y, z := m.lookup(op, table), m.Tensor(2, 6)
			m.Op(tflite.BuiltinOperatorADD, []int32{y, y}, z)
			m.Output(z, x)
		})
		add("two lookups in one table", func(m *Model, _, table int32) { m.Output(m.lookup(op, table), m.lookup(op, table)) })
		add("a lookup in what is looked up", func(m *Model, _, table int32) {
			m.Output(m.lookup(tflite.BuiltinOperatorGATHER, m.lookup(op, table)))
		})
		add("three lookups in a row", func(m *Model, _, table int32) {
			y := m.lookup(tflite.BuiltinOperatorEMBEDDING_LOOKUP, m.lookup(op, table))
			m.Output(m.lookup(tflite.BuiltinOperatorGATHER, y))
		})
		add("the table as ids", func(m *Model, _, table int32) {
			y := m.Tensor(2, 6)
			m.Op(op, []int32{table, table}, y)
			m.Output(y)
		})
		for _, reader := range opTable {
			cases = append(cases, lookedUpWeights(op, reader)...)
		}
	}
	return append(cases, lookupOddities()...)
}

// lookedUpWeights are weights of an operator that come from a lookup, alone,
// and beside constants that stand before and after it in the model.
func lookedUpWeights(op tflite.BuiltinOperator, reader opRule) []Case {
	model := func(before, after bool) func() *Model {
		return func() *Model {
			m := newModel()
			m.Input(1, 6)
			given := map[int32]int32{}
			if before && len(reader.Weights) > 1 {
				given[reader.Weights[1]] = m.Random(5, 6)
			}
			given[reader.Weights[0]] = m.lookup(op, m.Random(5, 6))
			m.use(reader, given, func() int32 {
				if after {
					return m.Random(5, 6)
				}
				return -1
			})
			return m
		}
	}
	name := fmt.Sprintf("lookups/%s/weights of %s", op, reader.Operator)
	return []Case{
		{Name: name, Model: model(false, false)},
		{Name: name + ", constants after", Model: model(false, true)},
		{Name: name + ", a constant before", Model: model(true, false)},
		{Name: name + ", constants before and after", Model: model(true, true)},
	}
}

// lookupOddities are lookups whose order of handling shows in the file.
func lookupOddities() []Case {
	return []Case{
		{Name: "lookups/read at two positions", Model: func() *Model {
			m := newModel()
			x, v := m.Input(1, 6), m.Random(5, 6)
			a := m.lookup(tflite.BuiltinOperatorGATHER, m.Random(5, 6))
			y, z := m.Tensor(1, 6), m.Tensor(2, 6)
			m.Op(tflite.BuiltinOperatorSVDF, []int32{x, a, v, -1, -1}, y)
			m.Op(tflite.BuiltinOperatorADD, []int32{a, a}, z)
			m.Output(y, z)
			return m
		}},
		{Name: "lookups/both weights looked up", Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			a := m.lookup(tflite.BuiltinOperatorGATHER, m.Random(5, 6))
			b := m.lookup(tflite.BuiltinOperatorEMBEDDING_LOOKUP, m.Random(5, 6))
			y := m.Tensor(1, 6)
			m.Op(tflite.BuiltinOperatorSVDF, []int32{x, a, b, -1, -1}, y)
			m.Output(y)
			return m
		}},
		{Name: "lookups/the output has parameters of its own", Model: func() *Model {
			m := newModel()
			m.Input(1, 6)
			w := m.Random(5, 6)
			y := m.lookup(tflite.BuiltinOperatorGATHER, w)
			m.Last().Tensors[w].Quantization = &tflite.QuantizationParametersT{Min: []float32{-1}, Max: []float32{2}, QuantizedDimension: 1}
			m.Last().Tensors[y].Quantization = &tflite.QuantizationParametersT{Scale: []float32{3, 4}, ZeroPoint: []int64{5, 6}, Max: []float32{7}}
			m.Output(y)
			return m
		}},
		{Name: "lookups/many constants into many operators", Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			for range 6 {
				w, y := m.Random(3, 2, 2, 5), m.Tensor(1, 6)
				m.Op(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{-1, w, x}, y)
				m.Op(tflite.BuiltinOperatorADD, []int32{y, w}, m.Tensor(1, 6))
				x = y
			}
			m.Output(x)
			return m
		}},
		{Name: "lookups/one operator reads many constants", Model: func() *Model {
			m := newModel()
			m.Input(1, 6)
			var inputs []int32
			for range 9 {
				w := m.Random(5, 6)
				inputs = append(inputs, w)
				m.Op(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{-1, w, -1}, m.Tensor(1, 6))
			}
			y := m.Tensor(45, 6)
			m.Op(tflite.BuiltinOperatorCONCATENATION, inputs, y)
			m.Output(y)
			return m
		}},
	}
}
