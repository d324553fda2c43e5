package main

import "fmt"

// A Comparison is that of two runs.
type Comparison struct {
	Compared    int
	Noisy       int      // numbers that one of the runs is too noisy to tell
	Differences []string // what does not agree
}

// Compare compares the numbers that both runs have: intervals overlap, outcomes are the
// same.
func Compare(stored, again Results) Comparison {
	var c Comparison
	c.accuracy(stored, again)
	c.latency(stored, again)
	c.outcomes(stored, again)
	return c
}

func (c *Comparison) add(place string, agrees bool, stored, again any) {
	c.Compared++
	if !agrees {
		c.Differences = append(c.Differences, fmt.Sprintf("%s: %v, stored %v", place, again, stored))
	}
}

func (c *Comparison) accuracy(stored, again Results) {
	old := map[string]AccuracyRow{}
	for _, t := range stored.Accuracy {
		for _, r := range t.Rows {
			old[t.Task+", "+r.Variant+", "+r.Kernels] = r
		}
	}
	for _, t := range again.Accuracy {
		for _, r := range t.Rows {
			place := t.Task + ", " + r.Variant + ", " + r.Kernels
			if o, ok := old[place]; ok {
				same := (o.Error == "") == (r.Error == "") && o.Percent.Overlaps(r.Percent)
				c.add("accuracy: "+place, same, o.Percent, r.Percent)
			}
		}
	}
}

func (c *Comparison) latency(stored, again Results) {
	old := map[string]LatencyRow{}
	for _, n := range stored.Latency {
		for _, r := range n.Rows {
			old[n.place(r)] = r
		}
	}
	for _, n := range again.Latency {
		for _, r := range n.Rows {
			o, ok := old[n.place(r)]
			switch {
			case !ok:
			case o.Error == "" && r.Error == "" && (o.Ratio.Noisy() || r.Ratio.Noisy()):
				c.Noisy++
			default:
				same := (o.Error == "") == (r.Error == "") && o.Ratio.Overlaps(r.Ratio)
				c.add("latency: "+n.place(r), same, o.Ratio, r.Ratio)
			}
		}
	}
}

func (n NetworkLatency) place(r LatencyRow) string {
	return fmt.Sprintf("%s, %s, %s, %d threads", n.Network, r.Variant, r.Kernels, r.Threads)
}

func (c *Comparison) outcomes(stored, again Results) {
	old := map[string]string{}
	for _, n := range stored.Runs {
		for _, r := range n.Rows {
			old[n.Network+", "+r.Variant+", "+r.Runtime] = r.Outcome
		}
	}
	for _, n := range again.Runs {
		for _, r := range n.Rows {
			place := n.Network + ", " + r.Variant + ", " + r.Runtime
			if o, ok := old[place]; ok {
				c.add("runs: "+place, o == r.Outcome, o, r.Outcome)
			}
		}
	}
}
