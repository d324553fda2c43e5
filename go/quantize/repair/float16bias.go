package repair

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// XNNPACK in LiteRT takes a hybrid operator because its bias is constant, and fails to
// prepare it where the bias comes from a DEQUANTIZE.
var float16Bias = Repair{
	Name:    "float16-bias",
	Applies: "a constant is the bias of a CONV_2D or FULLY_CONNECTED whose weights are int8 or int4",
	Breaks:  "is refused by LiteRT with XNNPACK, which is its default",
	Does:    "the bias as it was",
	keep: func(c *candidate) string {
		if c.format.Type() != tflite.TensorTypeFLOAT16 {
			return ""
		}
		for _, w := range c.biasOf[c.tensor] {
			if t := c.typeOf(w); t == tflite.TensorTypeINT8 || t == tflite.TensorTypeINT4 {
				return "the bias of an operator with int8 weights, stays float32"
			}
		}
		return ""
	},
}

// biasOf returns the weights and the bias of a CONV_2D or FULLY_CONNECTED that has both.
func biasOf(op *tflite.OperatorT, code tflite.BuiltinOperator) (weights, bias int32, ok bool) {
	const weightsInput, biasInput = 1, 2
	if code != tflite.BuiltinOperatorCONV_2D && code != tflite.BuiltinOperatorFULLY_CONNECTED || len(op.Inputs) <= biasInput {
		return 0, 0, false
	}
	weights, bias = op.Inputs[weightsInput], op.Inputs[biasInput]
	return weights, bias, weights >= 0 && bias >= 0
}
