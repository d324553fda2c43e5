package plan

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// A Choice is how many bits a constant has at least, of several that it could have, and
// what speaks for that.
type Choice struct {
	Subgraph, Tensor int32
	// Bits are AsItIs for a constant that stays as it is.
	Bits  uint8
	Tried []Tried // what was measured, fewest bits first
	// Most is the largest error that is allowed, as Tried.Error; 0 where a budget of
	// bytes decides. Then Rank is the constant's place among Of that could have fewer
	// bits, by error for each byte saved, from 1 on; the first ones get them. Saves is
	// how many bytes that saves.
	Most     float64
	Saves    int64
	Rank, Of int
}

// BitsOf are those of one value of an integer type that weights get, AsItIs for others.
func BitsOf(t tflite.TensorType) uint8 {
	switch t {
	case tflite.TensorTypeINT8:
		return 8
	case tflite.TensorTypeINT4:
		return 4
	case tflite.TensorTypeINT2:
		return 2
	}
	return AsItIs
}

// AsItIs stands for the bits of a constant that is not quantized.
const AsItIs = 32

// Tried is what so many bits make of the values of a constant.
type Tried struct {
	Bits uint8
	// Error is the root of the sum of squared errors divided by that of squared values: 0
	// is exact. It is not finite where values are not.
	Error float64
}
