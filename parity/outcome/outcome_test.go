package outcome

import (
	"slices"
	"testing"
)

// Every outcome is listed once, has a name of its own, and the good ones come first.
func TestOutcomesAreListedByName(t *testing.T) {
	if len(All) != len(names) {
		t.Errorf("%d outcomes are listed, want %d", len(All), len(names))
	}
	seen := map[string]bool{}
	for _, o := range All {
		if o.String() == "" || seen[o.String()] {
			t.Errorf("outcome %d: name %q is empty or not its own", o, o)
		}
		seen[o.String()] = true
	}
	if i, last := slices.IndexFunc(All, func(o Outcome) bool { return !o.Good() }), len(All); slices.ContainsFunc(All[i:last], Outcome.Good) {
		t.Error("a good outcome comes after one that is not")
	}
	if All[len(All)-1] != Different {
		t.Errorf("the last is %v, want %v", All[len(All)-1], Different)
	}
}
