package cases

import (
	"fmt"
	"reflect"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// sizes are shapes of 1 to 5 dimensions around a minimum of elements.
var sizes = []struct {
	name   string
	shapes [][]int32
}{
	{"one below the minimum", [][]int32{{23}, {1, 23}, {23, 1, 1}, {1, 1, 23, 1}}},
	{"at the minimum", [][]int32{{24}, {4, 6}, {3, 2, 4}, {3, 2, 2, 2}, {1, 2, 3, 2, 2}}},
	{"above the minimum", [][]int32{{30}, {6, 5}, {5, 3, 2}, {1, 3, 5, 2}, {5, 1, 3, 1, 2}}},
	{"one below the default", [][]int32{{1, 11, 3, 31}}},
	{"at the default", [][]int32{{4, 8, 8, 4}}},
	{"above the default", [][]int32{{5, 5, 1, 41}}},
}

// operatorCases are, for every operator and every position of its weights, one
// model for each shape and one for each kind of neighbour; and one model for
// each operator that the table does not have.
func operatorCases() []Case {
	var cases []Case
	for _, rule := range opTable {
		for _, at := range rule.Weights {
			place := fmt.Sprintf("%s/input %d", rule.Operator, at)
			for _, s := range sizes {
				for _, shape := range s.shapes {
					cases = append(cases, shapeCases(rule, at, shape, fmt.Sprintf("%s/%s %v", place, s.name, shape))...)
				}
			}
			for _, n := range neighbours {
				cases = append(cases, Case{Name: place + "/beside " + n.name, Model: func() *Model {
					m := newModel()
					x := m.Input(1, 6)
					m.use(rule, map[int32]int32{at: m.Random(2, 3, 2, 3)}, func() int32 { return n.add(m, x) })
					return m
				}})
			}
		}
	}
	return append(append(cases, kernelCases()...), otherOperatorCases()...)
}

// shapeCases are one operator whose weights have the shape; upstream refuses
// shapes that lack the dimension of channels, or have more than four.
func shapeCases(rule opRule, at int32, shape []int32, name string) []Case {
	c := Case{Name: name, Model: func() *Model {
		m := newModel()
		x := m.Input(1, 6)
		m.use(rule, map[int32]int32{at: m.Random(shape...)}, func() int32 { return x })
		return m
	}}
	if rule.Format == nil || int(rule.Format.Granularity().Axis) < len(shape) && len(shape) <= 4 {
		return []Case{c}
	}
	return c.otherwise(outcome.RefusedByBoth, "dimensions", updated(synthetic.Elements(shape)))
}

// neighbours are what the other inputs of an operator can be.
var neighbours = []struct {
	name string
	add  func(m *Model, x int32) int32
}{
	{"absent inputs", func(*Model, int32) int32 { return -1 }},
	{"float32 activations", func(_ *Model, x int32) int32 { return x }},
	{"int8 constants", func(m *Model, _ int32) int32 {
		return m.Constant(tflite.TensorTypeINT8, []int32{4}, []byte{1, 2, 3, 4})
	}},
	{"int32 constants", func(m *Model, _ int32) int32 {
		return m.Constant(tflite.TensorTypeINT32, []int32{2}, synthetic.Ints(1, 2))
	}},
	{"small constants", func(m *Model, _ int32) int32 { return m.Random(1, 2, 1, 2) }},
	{"large constants", func(m *Model, _ int32) int32 { return m.Random(1, 5, 2, 3) }},
}

// use adds an operator and its output. Inputs that are not given are made by
// other, one by one; two come after the last weights.
func (m *Model) use(rule opRule, given map[int32]int32, other func() int32) *tflite.OperatorT {
	inputs := make([]int32, rule.Weights[len(rule.Weights)-1]+3)
	for i := range inputs {
		if t, ok := given[int32(i)]; ok {
			inputs[i] = t
		} else {
			inputs[i] = other()
		}
	}
	y := m.Tensor(1, 6)
	m.Output(y)
	return m.Op(rule.Operator, inputs, y)
}

// kernelCases are both kernel types of LSTM, which upstream tells apart, and of
// other operators' options that it sets a flag in.
func kernelCases() []Case {
	var cases []Case
	for _, kernel := range []tflite.LSTMKernelType{tflite.LSTMKernelTypeFULL, tflite.LSTMKernelTypeBASIC} {
		cases = append(cases, Case{Name: "LSTM/kernel type " + kernel.String(), Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			op := m.use(ruleOf(tflite.BuiltinOperatorLSTM), map[int32]int32{0: x}, func() int32 { return m.Random(5, 6) })
			op.BuiltinOptions.Value = &tflite.LSTMOptionsT{KernelType: kernel, CellClip: 1.5, ProjClip: 0.5, FusedActivationFunction: tflite.ActivationFunctionTypeTANH}
			return m
		}})
	}
	for _, rule := range opTable {
		if rule.Asymmetric {
			cases = append(cases, Case{Name: fmt.Sprintf("%s/asymmetric_quantize_inputs is set", rule.Operator), Model: func() *Model {
				m := newModel()
				x := m.Input(1, 6)
				op := m.use(rule, map[int32]int32{rule.Weights[0]: m.Random(5, 6)}, func() int32 { return x })
				reflect.ValueOf(op.BuiltinOptions.Value).Elem().FieldByName("AsymmetricQuantizeInputs").SetBool(true)
				return m
			}})
		}
	}
	return cases
}

// otherOperatorCases are every operator of the schema that the table lacks,
// with constants for inputs: its weights stay, and its version.
func otherOperatorCases() []Case {
	var cases []Case
	for _, op := range tflite.BuiltinOperators() {
		if ruleOf(op).Weights != nil || op == tflite.BuiltinOperatorPLACEHOLDER_FOR_GREATER_OP_CODES {
			continue
		}
		cases = append(cases, Case{Name: "other operators/" + op.String(), Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			inputs := []int32{m.Random(5, 6), m.Random(3, 2, 2, 3), m.Random(30), x}
			y := m.Tensor(1, 6)
			m.Op(op, inputs, y)
			m.Output(y)
			return m
		}})
	}
	return cases
}
