package mixed

import "github.com/tflite-quantize/tflite-quantize/go/quantize/plan"

// within is the plan in which each constant has the fewest bits whose error is not larger
// than most.
func (c *chooser) within(most float64) (*plan.Plan, error) {
	var choices []plan.Choice
	index := map[[2]int32]int{} // of choices
	wanted := func(*candidate) bool { return true }
	for {
		p, err := c.plan(choices)
		if err != nil {
			return nil, err
		}
		list, err := candidates(p, wanted)
		if err != nil {
			return nil, err
		}
		again := map[[2]int32]bool{}
		for i := range list {
			t := list[i].tried()
			bits := t.Bits
			if !(t.Error <= most) {
				bits = raised(bits)
			}
			for _, at := range list[i].places {
				k, known := index[at]
				if !known {
					k = len(choices)
					index[at], choices = k, append(choices, plan.Choice{Subgraph: at[0], Tensor: at[1], Most: most})
				}
				choices[k].Bits, choices[k].Tried = max(choices[k].Bits, bits), append(choices[k].Tried, t)
				again[at] = again[at] || bits > t.Bits && bits < plan.AsItIs
			}
		}
		if len(list) == 0 {
			return p, nil
		}
		wanted = func(c *candidate) bool { return again[c.places[0]] }
	}
}

// raised are the bits after those that are not enough.
func raised(bits uint8) uint8 {
	if bits < moreBits {
		return moreBits
	}
	return plan.AsItIs
}
