package cases

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

func int8Only(o quantize.Options) bool    { return o.BufferType == quantize.Int8 }
func float16Only(o quantize.Options) bool { return o.BufferType == quantize.Float16 }

// refusedCases are models that upstream returns an error for.
func refusedCases() []Case {
	const largest = 1<<31 - 1
	var cases []Case
	shapes := []struct {
		name  string
		shape []int32
	}{
		{"a dimension 0", []int32{5, 0, 6}},
		{"a dimension -1", []int32{-1, 6}},
		{"the least dimension", []int32{-1 << 31}},
		{"more elements than 64 bits count", []int32{largest, largest, 5}},
		{"far more elements than 64 bits count", []int32{largest, largest, largest, largest, largest}},
	}
	for _, rule := range opTable {
		for _, s := range shapes {
			c := Case{Name: fmt.Sprintf("shapes/%s/computed weights with %s", rule.Operator, s.name), Model: shapeModel(rule, s.shape, false)}
			cases = append(cases, c.otherwise(outcome.RefusedByBoth, "dimension", int8Only)...)
			c = Case{Name: fmt.Sprintf("shapes/%s/constant weights with %s", rule.Operator, s.name), Model: shapeModel(rule, s.shape, true)}
			cases = append(cases, c.otherwise(outcome.RefusedByBoth, "dimension", func(quantize.Options) bool { return true })...)
		}
		cases = append(cases, Case{Name: fmt.Sprintf("shapes/%s/computed weights with almost 2^64 elements", rule.Operator),
			Model: shapeModel(rule, []int32{largest, largest, 4}, false)})
		if rule.PassThrough {
			cases = append(cases, lookupOutputs(rule.Operator)...)
		}
	}
	return append(cases,
		Case{Name: "shapes/none at all", Model: shapeModel(ruleOf(tflite.BuiltinOperatorFULLY_CONNECTED), nil, true)},
		Case{Name: "shapes/impossible, of another type", Model: func() *Model {
			m := shapeModel(ruleOf(tflite.BuiltinOperatorFULLY_CONNECTED), []int32{0, -1}, true)()
			m.Last().Tensors[1].Type = tflite.TensorTypeINT32
			return m
		}},
		Case{Name: "shapes/impossible, of a bias", Options: int8Modes(), Model: func() *Model {
			m := newModel()
			b := m.Constant(tflite.TensorTypeFLOAT32, []int32{0, -1}, synthetic.Floats(1, 2))
			y := m.Tensor(1, 6)
			m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1, 6), m.Random(6, 6), b}, y)
			m.Output(y)
			return m
		}},
	)
}

// shapeModel has an operator whose weights have an odd shape, and one float of data if any.
func shapeModel(rule opRule, shape []int32, constant bool) func() *Model {
	return func() *Model {
		m := newModel()
		x, w := m.Input(1, 6), m.Tensor(shape...)
		if constant {
			m.Last().Tensors[w].Buffer = m.Buffer(synthetic.Floats(1.5))
		}
		m.use(rule, map[int32]int32{rule.Weights[0]: w}, func() int32 { return x })
		return m
	}
}

// lookupOutputs are lookups with another number of outputs than one.
func lookupOutputs(op tflite.BuiltinOperator) []Case {
	var cases []Case
	for _, n := range []int{0, 2, 3} {
		c := Case{Name: fmt.Sprintf("lookups/%s/%d outputs", op, n), Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			m.lookup(op, m.Random(5, 6))
			o := m.Last().Operators[0]
			o.Outputs = nil
			for range n {
				o.Outputs = append(o.Outputs, m.Tensor(2, 6))
			}
			m.Output(x)
			return m
		}}
		cases = append(cases, c.otherwise(outcome.RefusedByBoth, "one is expected", func(o quantize.Options) bool { return quantizes(o, 30) })...)
	}
	return cases
}
