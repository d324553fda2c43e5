package cases

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// least is the minimum of elements that small models are tested around.
const least = 24

// customOps are the custom operators that Modes know.
var customOps = map[string]quantize.CustomOp{
	"Dense": {Inputs: []int32{2, 1}, Hybrid: true},
	"Table": {Inputs: []int32{1}},
}

// denylists returns two lists between which every operator of the table, and
// CUSTOM, is denied once.
func denylists() (even, odd []tflite.BuiltinOperator) {
	for i, rule := range opTable {
		if i%2 == 0 {
			even = append(even, rule.Operator)
		} else {
			odd = append(odd, rule.Operator)
		}
	}
	return even, append(odd, tflite.BuiltinOperatorCUSTOM)
}

// Modes are the options that models are quantized with unless a case says
// otherwise. Any two values of two options occur together, those of int8's
// options also where the type is int8.
func Modes() []quantize.Options {
	even, odd := denylists()
	const f16, legacy, hybridOff = quantize.Float16, quantize.Legacy, true
	return []quantize.Options{
		{},
		{MinElements: 1},
		{MinElements: least},
		{MinElements: 1, Scheme: legacy},
		{MinElements: 1, NoHybrid: hybridOff},
		{MinElements: 1, OpDenylist: even, CustomOps: customOps},
		{MinElements: least, OpDenylist: odd, CustomOps: customOps},
		{MinElements: least, Scheme: legacy, NoHybrid: hybridOff, CustomOps: customOps},
		{MinElements: least, Scheme: legacy, NoHybrid: hybridOff, OpDenylist: even},
		{MinElements: 1, Scheme: legacy, OpDenylist: odd},
		{Scheme: legacy, OpDenylist: even, CustomOps: customOps},
		{NoHybrid: hybridOff, OpDenylist: odd},
		{BufferType: f16},
		{BufferType: f16, MinElements: 1, Scheme: legacy, NoHybrid: hybridOff, OpDenylist: even},
		{BufferType: f16, MinElements: least, OpDenylist: odd, CustomOps: customOps},
	}
}

// all quantizes everything, in the given scheme.
func all(s quantize.Scheme) quantize.Options { return quantize.Options{MinElements: 1, Scheme: s} }

// every are the options under which every weight is quantized.
func every() []quantize.Options {
	return []quantize.Options{all(quantize.Updated), all(quantize.Legacy), {MinElements: 1, NoHybrid: true}}
}

// PackOnly has a minimum that no weight reaches: the model is only packed again,
// and versions of operators are set.
var PackOnly = quantize.Options{MinElements: 1 << 62}

// A Mode is a set of options with a name.
type Mode struct {
	Name    string
	Options quantize.Options
}

// WholeModelModes are the options that real models, and networks where they are
// measured, are quantized with.
func WholeModelModes() []Mode {
	return []Mode{
		{"int8", quantize.Options{}},
		{"int8_legacy", quantize.Options{Scheme: quantize.Legacy}},
		{"float16", quantize.Options{BufferType: quantize.Float16}},
	}
}
