package repair

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// The range of float16: beyond its largest value, values are cut off. As long as the
// largest value of a constant is not below the smallest normal number, the error of
// each value is at most 2^-11 of that largest one, which is what float16 can do. A
// small constant may be a limit, a divisor or a summand in front of a logarithm, of
// which each value counts: it must not lose one to zero.
const (
	float16Largest = 65504
	float16Normal  = 0x1p-14
	float16Zero    = 0x1p-25 // what is no larger becomes 0
)

var float16Range = Repair{
	Name:    "float16-range",
	Applies: "the largest value of a constant is above 65504 or below 2^-14, or a value of a constant of up to 1024 values is below 2^-25",
	Breaks:  "has other values: limited to 65504, with few digits, or 0",
	Does:    "the constant as float32",
	check: func(f encode.Format, s Stats) string {
		switch {
		case f.Type() != tflite.TensorTypeFLOAT16 || s.Peak == 0:
			return ""
		case s.Peak > float16Largest:
			return fmt.Sprintf("has values up to %.4g, float16 ends at 65504; stays float32", s.Peak)
		case s.Peak < float16Normal:
			return fmt.Sprintf("has values up to %.4g, of which float16 has few digits or none; stays float32", s.Peak)
		case s.Smallest > 0 && s.Smallest <= float16Zero:
			return fmt.Sprintf("has a value of %.4g, which is 0 in float16; stays float32", s.Smallest)
		}
		return ""
	},
}
