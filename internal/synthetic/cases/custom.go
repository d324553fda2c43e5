package cases

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// customCases are custom operators, with maps that know them and maps that do not.
func customCases() []Case {
	model := func(name string, weights int) func() *Model {
		return func() *Model {
			m := newModel()
			inputs := []int32{m.Input(1, 6)}
			for range weights {
				inputs = append(inputs, m.Random(5, 6))
			}
			y := m.Tensor(1, 6)
			m.Custom(name, inputs, y)
			m.Output(y)
			return m
		}
	}
	with := func(name string, c quantize.CustomOp, more ...func(*quantize.Options)) []quantize.Options {
		var out []quantize.Options
		for _, o := range append(every(), quantize.Options{MinElements: 1, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCUSTOM}}) {
			o.CustomOps = map[string]quantize.CustomOp{name: c, "Other": {Inputs: []int32{0}}}
			out = append(out, o)
		}
		return out
	}
	cases := []Case{
		{Name: "custom operators/unknown", Model: model("Unknown", 3)},
		{Name: "custom operators/hybrid", Model: model("Dense", 2)},
		{Name: "custom operators/hybrid, more constants than weights", Model: model("Dense", 5)},
		{Name: "custom operators/not hybrid", Model: model("Table", 1)},
		{Name: "custom operators/not hybrid, more constants than weights", Model: model("Table", 3)},
		{Name: "custom operators/no weights", Model: model("Op", 2), Options: with("Op", quantize.CustomOp{Hybrid: true})},
		{Name: "custom operators/all inputs in any order", Model: model("Op", 4), Options: with("Op", quantize.CustomOp{Inputs: []int32{3, 0, 4, 1, 2}, Hybrid: true})},
		{Name: "custom operators/an input twice", Model: model("Op", 2), Options: with("Op", quantize.CustomOp{Inputs: []int32{1, 1, 2, 1}, Hybrid: true})},
		{Name: "custom operators/one of two weights", Model: model("Op", 2), Options: with("Op", quantize.CustomOp{Inputs: []int32{2}, Hybrid: true})},
		{Name: "custom operators/without a name", Model: model("", 1), Options: with("", quantize.CustomOp{Inputs: []int32{1}, Hybrid: true})},
		{Name: "custom operators/a name with a letter more", Model: model("Op1", 1), Options: with("Op", quantize.CustomOp{Inputs: []int32{1}})},
	}
	return append(cases, Case{Name: "custom operators/beside operators that share their weights", Model: func() *Model {
		m := newModel()
		x, w := m.Input(1, 6), m.Random(5, 3, 1, 2)
		y, z := m.Tensor(1, 6), m.Tensor(1, 6)
		m.Custom("Dense", []int32{x, w, w}, y)
		m.Op(tflite.BuiltinOperatorCONV_2D, []int32{y, w, -1}, z)
		a := m.Tensor(1, 6)
		m.Custom("Table", []int32{z, w}, a)
		m.Output(a)
		return m
	}})
}
