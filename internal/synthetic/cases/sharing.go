package cases

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// sharedCases are weights that several operators read: each two of the table's,
// in either order, of which the first decides how they are quantized.
func sharedCases() []Case {
	var cases []Case
	for _, first := range opTable {
		for _, second := range opTable {
			cases = append(cases, Case{
				Name: fmt.Sprintf("shared weights/%s, then %s", first.Operator, second.Operator),
				Model: func() *Model {
					m := newModel()
					x := m.Input(1, 6)
					w := m.Random(3, 2, 2, 5)
					for _, rule := range []opRule{first, second} {
						m.use(rule, map[int32]int32{rule.Weights[0]: w}, func() int32 { return x })
					}
					return m
				},
			})
		}
		cases = append(cases, sharedWithin(first)...)
	}
	return append(cases, Case{Name: "shared weights/weights and an operand of others", Model: func() *Model {
		m := newModel()
		x := m.Input(1, 6)
		w := m.Random(6, 6)
		a, b, c := m.Tensor(1, 6), m.Tensor(1, 6), m.Tensor(1, 6)
		m.Op(tflite.BuiltinOperatorADD, []int32{x, w}, a)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{a, w, -1}, b)
		m.Op(tflite.BuiltinOperatorADD, []int32{w, b}, c)
		m.Output(c)
		return m
	}})
}

// sharedWithin are weights that one operator reads at several positions: all of
// its weights, and one that is not for weights.
func sharedWithin(rule opRule) []Case {
	model := func(at ...int32) func() *Model {
		return func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			w := m.Random(3, 2, 2, 5)
			given := map[int32]int32{}
			for _, i := range at {
				given[i] = w
			}
			m.use(rule, given, func() int32 { return x })
			return m
		}
	}
	bias := rule.Weights[len(rule.Weights)-1] + 1
	return []Case{
		{Name: fmt.Sprintf("shared weights/all inputs of %s", rule.Operator), Model: model(rule.Weights...)},
		{Name: fmt.Sprintf("shared weights/%s, once not as weights", rule.Operator), Model: model(rule.Weights[0], bias)},
	}
}

// outputCases are weights that are outputs of their subgraph.
func outputCases() []Case {
	outputs := []struct {
		name string
		list func(w, y int32) []int32
	}{
		{"the only output", func(w, _ int32) []int32 { return []int32{w} }},
		{"twice an output", func(w, y int32) []int32 { return []int32{w, y, w} }},
		{"the last output", func(w, y int32) []int32 { return []int32{y, w} }},
	}
	var cases []Case
	for _, rule := range opTable {
		for _, o := range outputs {
			cases = append(cases, Case{Name: fmt.Sprintf("weights as outputs/%s, %s", rule.Operator, o.name), Model: func() *Model {
				m := newModel()
				x := m.Input(1, 6)
				w := m.Random(3, 2, 2, 5)
				m.use(rule, map[int32]int32{rule.Weights[0]: w}, func() int32 { return x })
				m.Last().Outputs = o.list(w, m.Last().Outputs[0])
				return m
			}})
		}
	}
	return append(cases,
		Case{Name: "weights as outputs/constants that no operator reads", Model: func() *Model {
			m := newModel()
			x := m.Input(1, 30)
			m.Output(m.Random(30), x, m.Random(5, 6))
			return m
		}},
		Case{Name: "weights as outputs/constants that are inputs too", Model: func() *Model {
			m := newModel()
			x, w := m.Input(1, 6), m.Random(6, 6)
			y := m.Tensor(1, 6)
			m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
			m.Last().Inputs = []int32{x, w}
			m.Output(w, y)
			return m
		}},
		Case{Name: "weights as outputs/several, in different places", Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			var weights []int32
			for range 4 {
				y, w := m.Tensor(1, 6), m.Random(6, 6)
				m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
				weights = append(weights, w)
				x = y
			}
			m.Output(weights[2], weights[0], x, weights[1])
			return m
		}},
	)
}
