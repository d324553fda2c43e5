package main

import "testing"

func TestGoalsAreJudgedWhereTheRoundsTell(t *testing.T) {
	for _, c := range []struct {
		name    string
		values  series
		bound   float64
		atLeast bool
		want    string
	}{
		{"below", series{0.5, 0.5, 0.51}, 0.6, false, "met"},
		{"above", series{0.7, 0.7, 0.71}, 0.6, false, "**not met**"},
		{"above what is to be exceeded", series{21, 21, 22}, 20, true, "met"},
		{"below what is to be exceeded", series{19, 18, 19}, 20, true, "**not met**"},
		{"on both sides, near to each other", series{0.58, 0.59, 0.61}, 0.6, false, "met"},
		{"on both sides, far from each other", series{0.4, 0.59, 0.9}, 0.6, false, "too noisy to tell"},
		{"on one side, far from each other", series{0.2, 0.3, 0.5}, 0.6, false, "met"},
		{"on the wrong side, far from each other", series{0.7, 1, 2}, 0.6, false, "**not met**"},
		{"once", series{0.7}, 0.6, false, "**not met**"},
	} {
		g := goal{bound: c.bound, atLeast: c.atLeast, values: c.values}
		if got := g.verdict(); got != c.want {
			t.Errorf("%s: %v and %v: %s, want %s", c.name, c.values, c.bound, got, c.want)
		}
	}
}

func TestNoisyRowsAreSaidToBe(t *testing.T) {
	for want, s := range map[string]series{
		"-":                                   nil,
		"1.00":                                {1},
		"1.00 (0.97-1.03)":                    {1, 1, 1},
		"too noisy to tell: 1.00 (0.60-1.80)": {0.5, 1, 2},
	} {
		if got := s.words(); got != want {
			t.Errorf("%v: %s, want %s", s, got, want)
		}
	}
}
