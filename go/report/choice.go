package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
)

// A Choice is how many bits a constant has, of several that it could have, and what speaks
// for that. Under a budget of bytes, constants are ranked by the square of their error for
// each byte saved, and the first ones get fewer bits.
type Choice struct {
	Bits      uint8   `json:"bits"`                  // 32 for a constant that stays as it is
	Tried     []Tried `json:"tried"`                 // fewest bits first
	MostError float64 `json:"most_error,omitempty"`  // that is allowed; absent under a budget
	Rank      int     `json:"rank,omitempty"`        // among the constants that could have fewer bits, from 1 on
	Of        int     `json:"of,omitempty"`          // how many these are
	Saves     int64   `json:"saves_bytes,omitempty"` // with fewer bits
}

// Tried is what so many bits make of the values of a constant.
type Tried struct {
	Bits uint8 `json:"bits"` // of one value
	// Error is relative: the root of the sum of squared errors divided by that of squared
	// values. It is absent where values are not finite.
	Error *float64 `json:"error,omitempty"`
}

func newChoice(c *plan.Choice) *Choice {
	if c == nil {
		return nil
	}
	out := &Choice{Bits: c.Bits, MostError: c.Most, Rank: c.Rank, Of: c.Of, Saves: c.Saves}
	for _, t := range c.Tried {
		out.Tried = append(out.Tried, Tried{t.Bits, finite(t.Error)})
	}
	return out
}

// choicesOf are those of a subgraph, by tensor.
func choicesOf(p *plan.Plan, subgraph int) map[int32]*plan.Choice {
	out := map[int32]*plan.Choice{}
	for i := range p.Choices {
		if c := &p.Choices[i]; int(c.Subgraph) == subgraph {
			out[c.Tensor] = c
		}
	}
	return out
}

// choiceInWords is the end of a sentence on a constant.
func choiceInWords(c *plan.Choice) string {
	var errors []string
	for _, t := range c.Tried {
		errors = append(errors, fmt.Sprintf("the error of int%d is %s", t.Bits, percent(t.Error)))
	}
	s := strings.Join(errors, ", ")
	if c.Most > 0 {
		return s + " and may be " + percent(c.Most)
	}
	s += fmt.Sprintf(", %d of %d by error for each byte saved", c.Rank, c.Of)
	if c.Bits != c.Tried[0].Bits {
		s += "; the budget does not need it"
	}
	return s
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'g', 3, 64) + " %" }
