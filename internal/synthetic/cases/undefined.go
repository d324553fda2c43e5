package cases

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// undefinedCases are models with which upstream reads what it should not.
func undefinedCases() []Case {
	return slices.Concat(fewInputCases(), sharedBufferCases(), lengthMismatchCases(), rankCases(), indexCases(), optionCases(), outsideCases())
}

// fewInputCases are operators with fewer inputs than upstream looks for weights in.
func fewInputCases() []Case {
	var cases []Case
	for _, rule := range opTable {
		last := int(rule.Weights[len(rule.Weights)-1])
		for _, n := range slices.Compact([]int{0, min(1, last), last}) {
			cases = append(cases, Case{
				Name:    fmt.Sprintf("few inputs/%s with %d", rule.Operator, n),
				Options: every()[:1], Outcome: outcome.Undefined,
				Model: func() *Model {
					m := newModel()
					m.Input(1, 6)
					op := m.use(rule, nil, func() int32 { return m.Random(3, 2, 2, 5) })
					op.Inputs = op.Inputs[:n]
					return m
				},
			})
		}
	}
	return append(cases,
		Case{Name: "few inputs/LSTM of kernel type BASIC", Options: every(), Outcome: outcome.Undefined, Runs: true, Model: basicLSTM},
		Case{Name: "few inputs/a custom operator", Outcome: outcome.Undefined, Model: func() *Model {
			m := newModel()
			y := m.Tensor(1, 6)
			m.Custom("Dense", []int32{m.Input(1, 6), m.Random(5, 6)}, y)
			m.Output(y)
			return m
		}, Options: []quantize.Options{{MinElements: 1, CustomOps: customOps}, {MinElements: 1, NoHybrid: true, CustomOps: customOps}}},
	)
}

// basicLSTM has the five inputs of that kernel: input, previous output, weights, bias, state.
func basicLSTM() *Model {
	const inputs, units = 40, 24
	m := newModel()
	x := m.Input(1, inputs)
	previous, state := m.Weights([]int32{1, units}, 0), m.Weights([]int32{1, units}, 0)
	w, b := m.Random(4*units, inputs+units), m.Random(4*units)
	for _, t := range []int32{previous, state} {
		m.Last().Tensors[t].Buffer, m.Last().Tensors[t].IsVariable = 0, true
	}
	h, c := m.Tensor(1, units), m.Tensor(1, units)
	scratch, gates := m.Tensor(1, inputs+units), m.Tensor(1, 4*units)
	op := m.Op(tflite.BuiltinOperatorLSTM, []int32{x, previous, w, b, state}, h, c, scratch, gates)
	op.BuiltinOptions.Value = &tflite.LSTMOptionsT{KernelType: tflite.LSTMKernelTypeBASIC, FusedActivationFunction: tflite.ActivationFunctionTypeTANH}
	m.Output(h)
	return m
}

// lengthMismatchCases are data of another length than their shape asks for:
// too short for int8, or too long for float16, means past the end.
func lengthMismatchCases() []Case {
	model := func(values int) func() *Model {
		return func() *Model {
			m := newModel()
			w := m.Random(6, 5)
			b := m.Buffers[m.Last().Tensors[w].Buffer]
			b.Data = append(b.Data, make([]byte, 4*values)...)[:values]
			y := m.Tensor(1, 6)
			m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1, 5), w, -1}, y)
			m.Output(y)
			return m
		}
	}
	half := []quantize.Options{{BufferType: quantize.Float16}}
	const whole = 4 * 30
	var cases []Case
	for _, n := range []int{1, 3, 4, whole - 4, whole - 1} {
		cases = append(cases,
			Case{Name: fmt.Sprintf("length/%d bytes for 30 values/int8", n), Model: model(n), Options: every(), Outcome: outcome.Undefined, Error: `tensor 0 "t0": its buffer`},
			Case{Name: fmt.Sprintf("length/%d bytes for 30 values/float16", n), Model: model(n), Options: half})
	}
	for _, n := range []int{whole + 1, whole + 4, 10 * whole} {
		cases = append(cases,
			Case{Name: fmt.Sprintf("length/%d bytes for 30 values/int8", n), Model: model(n), Options: every()},
			Case{Name: fmt.Sprintf("length/%d bytes for 30 values/float16", n), Model: model(n), Options: half, Outcome: outcome.Undefined, Error: `tensor 0 "t0": its buffer`})
	}
	return append(cases, Case{Name: "length/one value for 2^64 of them", Options: every(), Outcome: outcome.UpstreamCrashes, Error: "bytes",
		Model: shapeModel(ruleOf(tflite.BuiltinOperatorFULLY_CONNECTED), []int32{1<<31 - 1, 1<<31 - 1, 4}, true)})
}

// rankCases lack the dimension of channels in a way that upstream does not notice.
func rankCases() []Case {
	scalar := func() *Model { return shapeModel(ruleOf(tflite.BuiltinOperatorCONV_2D), nil, true)() }
	flat := func() *Model {
		m := shapeModel(ruleOf(tflite.BuiltinOperatorDEPTHWISE_CONV_2D), []int32{1}, true)()
		m.Last().Tensors[1].Quantization = &tflite.QuantizationParametersT{Min: []float32{-1}, Max: []float32{1}}
		return m
	}
	one := []quantize.Options{all(quantize.Updated)}
	return []Case{
		{Name: "shapes/CONV_2D/a scalar", Model: scalar, Options: one, Outcome: outcome.UpstreamCrashes, Error: "dimensions"},
		{Name: "shapes/CONV_2D/a scalar, as a whole", Model: scalar, Options: []quantize.Options{all(quantize.Legacy)}},
		{Name: "shapes/DEPTHWISE_CONV_2D/no channels, extremes for one", Model: flat, Options: one, Outcome: outcome.Undefined, Error: "dimensions"},
	}
}

// indexCases refer to what does not exist.
func indexCases() []Case {
	const far = 1000
	broken := []struct {
		name, error string
		outcome     outcome.Outcome
		edit        func(m *Model)
	}{
		{"the buffer of a tensor", "buffer", outcome.UpstreamCrashes, func(m *Model) { m.Last().Tensors[1].Buffer = far }},
		{"the code of an operator", "operator code", outcome.UpstreamCrashes, func(m *Model) { m.Last().Operators[0].OpcodeIndex = far }},
		{"an input of an operator", "inputs", outcome.UpstreamCrashes, func(m *Model) { m.Last().Operators[0].Inputs[1] = far }},
		{"a negative input of an operator", "inputs", outcome.UpstreamCrashes, func(m *Model) { m.Last().Operators[0].Inputs[1] = -2 }},
		{"a bias", "inputs", outcome.Tolerated, func(m *Model) { m.Last().Operators[0].Inputs[2] = far }},
		{"an output of an operator", "outputs", outcome.Tolerated, func(m *Model) { m.Last().Operators[0].Outputs[0] = far }},
		{"an input of the subgraph", "inputs", outcome.Tolerated, func(m *Model) { m.Last().Inputs[0] = far }},
		{"an output of the subgraph", "outputs", outcome.Tolerated, func(m *Model) { m.Last().Outputs[0] = -far }},
	}
	var cases []Case
	for _, b := range broken {
		cases = append(cases, Case{Name: "indices/" + b.name, Options: every()[:1], Outcome: b.outcome, Error: b.error, Model: func() *Model {
			m := newModel()
			m.Output(m.dense(m.Input(1, 6), m.Random(5, 6), 5))
			b.edit(m)
			return m
		}})
	}
	return cases
}

// optionCases are operators without the options that upstream sets a field in,
// or with those of another.
func optionCases() []Case {
	var cases []Case
	other := synthetic.BuiltinOptions(tflite.BuiltinOptionsReshapeOptions, &tflite.ReshapeOptionsT{NewShape: []int32{1}})
	for _, rule := range opTable {
		if !rule.Asymmetric {
			continue
		}
		model := func(o *tflite.BuiltinOptionsT) func() *Model {
			return func() *Model {
				m := newModel()
				x := m.Input(1, 6)
				m.use(rule, map[int32]int32{rule.Weights[0]: m.Random(6, 6)}, func() int32 { return x }).BuiltinOptions = o
				return m
			}
		}
		cases = append(cases,
			Case{Name: fmt.Sprintf("options/%s without", rule.Operator), Options: every()[:1], Outcome: outcome.UpstreamCrashes, Model: model(nil)},
			Case{Name: fmt.Sprintf("options/%s with those of another", rule.Operator), Options: every()[1:2], Outcome: outcome.UpstreamCrashes, Error: "options", Model: model(other)})
	}
	return append(cases, Case{Name: "options/LSTM without, and without weights", Options: every()[:1], Outcome: outcome.UpstreamCrashes, Model: func() *Model {
		m := newModel()
		x, w := m.Input(1, 6), m.Random(6, 6)
		y := m.dense(x, w, 6)
		m.use(ruleOf(tflite.BuiltinOperatorLSTM), map[int32]int32{12: w}, func() int32 { return y }).BuiltinOptions = nil
		return m
	}})
}

// outsideCases keep weights after the FlatBuffer, where upstream does not look.
func outsideCases() []Case {
	return []Case{{Name: "weights after the FlatBuffer", Outcome: outcome.OursKeeps, Options: []quantize.Options{{MinElements: 1}, {BufferType: quantize.Float16}}, Model: func() *Model {
		m := newModel()
		y := m.Tensor(1, 64)
		m.Custom("Dense", []int32{m.dense(m.Input(1, 64), m.Random(64, 64), 64)}, y).CustomOptions = []byte("options of an operator")
		m.Output(y)
		m.Outside()
		return m
	}}}
}
