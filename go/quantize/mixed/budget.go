package mixed

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
)

const moreBits = 8 // what constants have that do not get the fewest

// budget is the plan in which as few constants as possible have the fewest bits, so that
// the file has so many bytes at most.
func (c *chooser) budget(most int64) (*plan.Plan, error) {
	p, err := c.plan(nil)
	if err != nil {
		return nil, err
	}
	list, err := candidates(p, func(c *candidate) bool { return c.bits < moreBits })
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.cost(), b.cost()) })
	sizes := sizer{chooser: c, list: list, known: map[int]int64{}}
	n := fewest(len(list), sizes.guess(most), func(few int) bool {
		size := sizes.of(few)
		return size <= most
	})
	least := sizes.of(n)
	if sizes.err != nil {
		return nil, sizes.err
	}
	if least > most {
		return nil, &BudgetError{most, least}
	}
	return c.plan(ranked(list, n))
}

// fewest returns the least number below n that fits, n where none does. Of larger ones all
// fit. It asks for few others than those near the guess.
func fewest(n, guess int, fits func(few int) bool) int {
	low, high := -1, n // the number is above low, and at most high
	for k, step := min(guess, n-1), 1; low < k && k < high; step *= 2 {
		if fits(k) {
			high, k = k, k-step
		} else {
			low, k = k, k+step
		}
	}
	return low + 1 + sort.Search(high-low-1, func(i int) bool { return fits(low + 1 + i) })
}

// A sizer knows the sizes of files in which the first few candidates have the fewest bits.
type sizer struct {
	*chooser
	list  []candidate
	known map[int]int64 // each takes a plan
	err   error
}

func (s *sizer) of(few int) int64 {
	if size, ok := s.known[few]; ok || s.err != nil {
		return size
	}
	s.known[few], s.err = s.size(s.list, few)
	return s.known[few]
}

// guess is how many candidates save enough bytes, but for padding.
func (s *sizer) guess(most int64) int {
	few := 0
	for left := s.of(0) - most; left > 0 && few < len(s.list); few++ {
		left -= s.list[few].saves
	}
	return few
}

// A BudgetError says that no choice meets a budget. It is plan.ErrOptions.
type BudgetError struct {
	Budget int64 // in bytes
	Least  int64 // that the smallest file has
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("%d bytes are too few: want %d, which the smallest file has", e.Budget, e.Least)
}

// Unwrap returns plan.ErrOptions.
func (e *BudgetError) Unwrap() error { return plan.ErrOptions }

// cost is the error for each byte that the fewest bits save. Values that are no numbers
// cost the most.
func (c *candidate) cost() float64 {
	if e := c.tried().Error; e < math.Inf(1) && c.saves > 0 {
		return float64(e*e) / float64(c.saves)
	}
	return math.Inf(1)
}

// size is that of the file in which the first few candidates have the fewest bits.
func (c *chooser) size(list []candidate, few int) (int64, error) {
	p, err := c.plan(ranked(list, few))
	if err != nil {
		return 0, err
	}
	out, err := p.Apply()
	if err != nil {
		return 0, err
	}
	packed, err := out.Layout(p).Pack(out.Model)
	if err != nil {
		return 0, plan.FromTFLite(err)
	}
	return packed.Size(), nil
}

// ranked are the choices in which the first few candidates have the fewest bits.
func ranked(list []candidate, few int) []plan.Choice {
	var out []plan.Choice
	for i := range list {
		c := &list[i]
		choice := plan.Choice{Bits: moreBits, Tried: []plan.Tried{c.tried()}, Saves: c.saves, Rank: i + 1, Of: len(list)}
		if i < few {
			choice.Bits = c.bits
		}
		out = appendPlaces(out, c, choice)
	}
	return out
}

// appendPlaces adds a choice for each tensor that has a candidate.
func appendPlaces(out []plan.Choice, c *candidate, choice plan.Choice) []plan.Choice {
	for _, at := range c.places {
		choice.Subgraph, choice.Tensor = at[0], at[1]
		out = append(out, choice)
	}
	return out
}
