package main

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A way gives weights of an operator a format. It returns nil where it has none for the
// operator.
type way func(op tflite.BuiltinOperator) quantize.Quantizer

// ways are all formats and routes that the quantizers have.
func ways() []way {
	all := []way{
		always(quantize.Options{MinElements: 1}),
		always(quantize.Options{MinElements: 1, Scheme: quantize.Legacy}),
		always(quantize.Options{MinElements: 1, NoHybrid: true}),
		always(quantize.Options{MinElements: 1, Scheme: quantize.Legacy, NoHybrid: true}),
		always(quantize.Options{BufferType: quantize.Float16}),
		always(mlir.Options{Variant: mlir.API, MinElements: 1}),
		always(mlir.Options{Variant: mlir.Converter, MinElements: 1}),
	}
	for _, c := range configs {
		all = append(all, byRecipe(c))
	}
	return all
}

func always(q quantize.Quantizer) way {
	return func(tflite.BuiltinOperator) quantize.Quantizer { return q }
}

// configs are the formats of LiteRT's recipes.
var configs = []litert.Config{
	{Bits: 8, Granularity: litert.ChannelWise, Dynamic: true},
	{Bits: 8, Granularity: litert.TensorWise, Dynamic: true},
	{Bits: 4, Granularity: litert.ChannelWise, Dynamic: true},
	{Bits: 4, Granularity: litert.TensorWise, Dynamic: true},
	{Bits: 4, Granularity: litert.BlockWise32, Dynamic: true},
	{Bits: 2, Granularity: litert.ChannelWise, Dynamic: true},
	{Bits: 2, Granularity: litert.BlockWise32, Dynamic: true},
	{Bits: 8, Granularity: litert.ChannelWise},
	{Bits: 8, Granularity: litert.ChannelWise, Asymmetric: true},
	{Bits: 4, Granularity: litert.ChannelWise},
	{Bits: 4, Granularity: litert.ChannelWise, Asymmetric: true},
	{Bits: 16, Float: true, Granularity: litert.TensorWise},
}

// byRecipe is the rule of a recipe for one kind of operator.
func byRecipe(c litert.Config) way {
	return func(op tflite.BuiltinOperator) quantize.Quantizer {
		r := litert.Rule{Regex: ".*", Operation: operation(op), Algorithm: litert.MinMax, Config: c}
		if c.Float {
			r.Algorithm = litert.FloatCasting
		}
		if r.Check() != nil {
			return nil
		}
		return litert.Options{Recipe: []litert.Rule{r}}
	}
}

// operation is an operator's name in recipes.
func operation(op tflite.BuiltinOperator) string {
	if op == tflite.BuiltinOperatorTRANSPOSE_CONV {
		return "CONV_2D_TRANSPOSE"
	}
	return op.String()
}
