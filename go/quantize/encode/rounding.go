package encode

import "fmt"

// Rounding says how integers are made of weights between two of them.
type Rounding uint8

// The ways to round.
const (
	Nearest       Rounding = iota // each weight by itself, as the format says
	PreservedSums                 // as SumPreserving

	roundings = iota // their number
)

func (r Rounding) String() string {
	switch r {
	case Nearest:
		return "nearest"
	case PreservedSums:
		return "sum-preserving"
	}
	return fmt.Sprintf("Rounding(%d)", uint8(r))
}

// Known reports whether it is one of the ways to round.
func (r Rounding) Known() bool { return r < roundings }
