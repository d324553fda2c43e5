package cases

import (
	"fmt"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// channels of the weights that parameterCases make, for either convolution.
const channels = 4

// weightShape has the same channels along the dimensions 0 and 3.
var weightShape = []int32{channels, 3, 1, channels}

// parameterCases are weights that have quantization parameters already.
func parameterCases() []Case {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	each := func(v ...float32) []float32 { return slices.Repeat(v, channels)[:channels] }
	type params = tflite.QuantizationParametersT
	given := []struct {
		name string
		q    *params
	}{
		{"an empty table", &params{}},
		{"scales of another quantization", &params{Scale: each(3, 4), ZeroPoint: []int64{5, 6, 7}, QuantizedDimension: 2}},
		{"extremes that cover the data", &params{Min: each(-8, -7.5), Max: each(5, 9)}},
		{"extremes of some channels cover the data", &params{Min: each(-8, -0.1, -0.001, 0), Max: each(5, 0.2, 0.002, 0.01)}},
		{"extremes of zero", &params{Min: each(0), Max: each(0)}},
		{"extremes that are negative zero and tiny", &params{Min: each(float32(math.Copysign(0, -1)), -1e-45), Max: each(0, 1e-45)}},
		{"extremes the wrong way around", &params{Min: each(8, 1), Max: each(-5, -0.5)}},
		{"extremes that are not numbers", &params{Min: each(nan, -1, -1, nan), Max: each(1, nan, 1, nan)}},
		{"extremes that are infinite", &params{Min: each(-inf, -1, -inf, 1), Max: each(1, inf, inf, -inf)}},
		{"more extremes than channels", &params{Min: []float32{-8, -4, -2, -1, -9, -9, -9}, Max: []float32{1, 1, 1, 1, 9}}},
		{"everything", &params{Min: each(-8), Max: each(8), Scale: each(1), ZeroPoint: []int64{1}, QuantizedDimension: 1, Details: &tflite.QuantizationDetailsT{
			Type: tflite.QuantizationDetailsCustomQuantization, Value: &tflite.CustomQuantizationT{Custom: []byte{1, 2, 3}}}}},
		{"details of a block-wise quantization", &params{Details: &tflite.QuantizationDetailsT{
			Type: tflite.QuantizationDetailsBlockwiseQuantization, Value: &tflite.BlockwiseQuantizationT{Scales: 1, BlockSize: 32}}}},
	}
	var cases []Case
	for _, op := range weighed {
		for _, g := range given {
			cases = append(cases, Case{Name: fmt.Sprintf("parameters/%s/%s", op, g.name), Model: parameterModel(op, g.q)})
		}
		cases = append(cases, partExtremes(op)...)
	}
	return cases
}

// weighed are operators that quantize per channel, in two ways, and per tensor.
var weighed = []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED}

func parameterModel(op tflite.BuiltinOperator, q *tflite.QuantizationParametersT) func() *Model {
	return func() *Model {
		m := newModel()
		x, w := m.Input(1, 6), m.Random(weightShape...)
		if q != nil {
			own := *q
			m.Last().Tensors[w].Quantization = &own
		}
		m.use(ruleOf(op), map[int32]int32{0: x, 1: w}, func() int32 { return -1 })
		return m
	}
}

// partExtremes have minima or maxima alone, or of some channels: upstream
// refuses the former and reads past the end of the latter, where it looks at them.
func partExtremes(op tflite.BuiltinOperator) []Case {
	type params = tflite.QuantizationParametersT
	wide := []float32{-9, -9, -9, -9}
	perChannel := func(o quantize.Options) bool {
		return ruleOf(op).Format != nil && updated(synthetic.Elements(weightShape))(o)
	}
	var cases []Case
	for _, g := range []struct {
		name    string
		outcome outcome.Outcome
		q       params
	}{
		{"minima without maxima", outcome.RefusedByBoth, params{Min: wide}},
		{"maxima without minima", outcome.RefusedByBoth, params{Max: wide}},
		{"minima of some channels", outcome.Undefined, params{Min: wide[:3], Max: wide}},
		{"maxima of some channels", outcome.Undefined, params{Min: wide, Max: wide[:1]}},
	} {
		c := Case{Name: fmt.Sprintf("parameters/%s/%s", op, g.name), Model: parameterModel(op, &g.q)}
		cases = append(cases, c.otherwise(g.outcome, `tensor 1 "t1": its quantization has`, perChannel)...)
	}
	return cases
}
