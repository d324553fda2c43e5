package spread

import "testing"

func TestIntervals(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   Interval
		noisy  bool
	}{
		{"one round", []float64{2}, Interval{2, 1.94, 2.06}, false},
		{"equal rounds", []float64{1, 1, 1}, Interval{1, 0.97, 1.03}, false},
		{"the middle 80 %", []float64{9, 1, 10, 2, 3, 8, 4, 7, 5, 6, 0}, Interval{5, 1, 9}, true},
		{"just not noisy", []float64{0.86, 1, 1.14}, Interval{1, 0.888, 1.112}, false},
		{"noisy", []float64{0.8, 1, 1.2}, Interval{1, 0.84, 1.16}, true},
	} {
		if got := Of(c.values); got != c.want || got.Noisy() != c.noisy {
			t.Errorf("%s: %v, noisy: %v; want %v, %v", c.name, got, got.Noisy(), c.want, c.noisy)
		}
	}
}

func TestNoisyNumbersAreSaidToBe(t *testing.T) {
	for want, i := range map[string]Interval{
		"1.00 (0.90-1.10)":                    {1, 0.9, 1.1},
		"too noisy to tell: 1.00 (0.60-1.50)": {1, 0.6, 1.5},
	} {
		if got := i.Judged(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAgreement(t *testing.T) {
	one := Interval{1, 0.9, 1.1}
	for other, agrees := range map[Interval]bool{{1.15, 1.1, 1.2}: true, {0.85, 0.8, 0.9}: true, {1.2, 1.11, 1.3}: false, {0.8, 0.7, 0.89}: false} {
		if one.Overlaps(other) != agrees || other.Overlaps(one) != agrees {
			t.Errorf("%v and %v: agreement is not %v", one, other, agrees)
		}
	}
	if !one.Has(0.9) || !one.Has(1.1) || one.Has(0.89) || one.Has(1.11) {
		t.Error("the ends of an interval are in it, and nothing beyond")
	}
}
