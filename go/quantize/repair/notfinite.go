package repair

import (
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

var notFinite = Repair{
	Name:    "not-finite",
	Applies: "a constant has NaN or infinities among its values",
	Breaks:  "has scales that runtimes refuse, or other numbers in the place of NaN and infinities",
	Does:    "the constant as it was",
	check: func(f encode.Format, s Stats) string {
		if s.Finite() || f.Type() == tflite.TensorTypeFLOAT32 {
			return ""
		}
		var parts []string
		if s.NaN > 0 {
			parts = append(parts, fmt.Sprintf("%d NaN", s.NaN))
		}
		if s.Inf > 0 {
			parts = append(parts, fmt.Sprintf("%d infinite", s.Inf))
		}
		values := " values"
		if s.NaN+s.Inf == 1 {
			values = " value"
		}
		return "has " + strings.Join(parts, " and ") + values + ", stays as it is"
	},
}
