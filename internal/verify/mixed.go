package verify

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// mixing are the ways in which a size, or an error, decides how many bits a constant has:
// the size is the file's, the error one at which constants have the types of the file.
func (s *search) mixing() [][]string {
	var out [][]string
	if !s.hasType(tflite.TensorTypeINT4) && !s.hasType(tflite.TensorTypeINT8) {
		return nil
	}
	for _, recipe := range options.MixedRecipes() {
		for _, rounding := range [][]string{nil, {"--rounding=sum-preserving"}, {"--rounding=nearest"}} {
			words := slices.Concat([]string{"--recipe=" + recipe}, rounding)
			out = append(out, slices.Concat(words, []string{fmt.Sprintf("--budget=%d", s.size)}))
			if most := s.mostError(words); most != "" {
				out = append(out, slices.Concat(words, []string{"--max-error=" + most}))
			}
		}
	}
	return out
}

func (s *search) hasType(typ tflite.TensorType) bool {
	return slices.ContainsFunc(s.made.Subgraphs, func(sg *tflite.SubGraphT) bool {
		return slices.ContainsFunc(sg.Tensors, func(t *tflite.TensorT) bool { return t.Type == typ })
	})
}

// mostError is a bound of the error at which constants have the types of the file, "" where
// there is none.
func (s *search) mostError(words []string) string {
	const none = "--max-error=1e-9%" // so that all bits are tried
	q, err := options.QuantizerOf(slices.Concat(words, []string{none}))
	if err != nil {
		return ""
	}
	p, err := quantize.NewPlan(s.float, q)
	if err != nil {
		return ""
	}
	low, high := 0.0, math.Inf(1)
	for _, c := range p.Choices {
		bits, ok := s.bitsOf(&c)
		if !ok {
			return ""
		}
		for _, t := range c.Tried {
			switch {
			case t.Bits < bits:
				high = min(high, t.Error)
			case t.Bits == bits:
				low = max(low, t.Error)
			}
		}
	}
	if !(low < high) {
		return ""
	}
	return shortestPercent(low, high)
}

// bitsOf are those that a constant has in the file.
func (s *search) bitsOf(c *plan.Choice) (uint8, bool) {
	if int(c.Subgraph) >= len(s.made.Subgraphs) || int(c.Tensor) >= len(s.made.Subgraphs[c.Subgraph].Tensors) {
		return 0, false
	}
	return plan.BitsOf(s.made.Subgraphs[c.Subgraph].Tensors[c.Tensor].Type), true
}

// shortestPercent is the shortest number of percent from low on and below high, which may
// be infinite.
func shortestPercent(low, high float64) string {
	if math.IsInf(high, 1) {
		high = 2*low + 1
	}
	for digits := 1; digits < 18; digits++ {
		v, err := strconv.ParseFloat(strconv.FormatFloat(100*(low+high)/2, 'g', digits, 64), 64)
		if err == nil && v/100 >= low && v/100 < high {
			return strconv.FormatFloat(v, 'f', -1, 64) + "%"
		}
	}
	return ""
}
