package suite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// part runs a part of every suite.
func part(t *testing.T) []Result {
	t.Helper()
	u := Upstream{new(reference.Quantizer), new(reference.Converter)}
	defer u.Close()
	defer u.Converter.Close()
	var results []Result
	s := runner{u, Size{Graphs: 100, Models: 20, Units: 20}, func(r Result) { results = append(results, r) }, 23}
	if err := s.all(); err != nil {
		t.Fatal(err)
	}
	return results
}

// Every suite gives good results, and the same ones when it runs again: else
// comparing two releases would show what is no change.
func TestSuitesGiveTheSameGoodResultsAgain(t *testing.T) {
	results := part(t)
	ran, outcomes := map[string]int{}, map[outcome.Outcome]int{}
	for _, r := range results {
		ran[r.Suite]++
		outcomes[r.Outcome]++
		if !r.Good() {
			t.Errorf("%s, %s: %v: %s", r.Suite, r.Name, r.Outcome, r.Detail)
		}
	}
	for _, name := range Names {
		if ran[name] == 0 {
			t.Errorf("%s: nothing ran", name)
		}
	}
	t.Logf("by suite: %v, by outcome: %v", ran, outcomes)
	if d := cmp.Diff(results, part(t)); d != "" {
		t.Errorf("a second run (-first +second):\n%s", d)
	}
}

// Every model to pack is pruned first.
func TestPruneSeesEveryRandomModel(t *testing.T) {
	q := new(reference.Quantizer)
	defer q.Close()
	pruned, packed := 0, 0
	prune := func(m *tflite.ModelT) {
		pruned++
		m.Description = "pruned"
	}
	s := runner{Upstream{Quantizer: q}, Size{Models: 20, Prune: prune}, func(r Result) {
		packed++
		if !r.Good() {
			t.Errorf("%s: %v: %s", r.Name, r.Outcome, r.Detail)
		}
	}, 1}
	if err := s.models(); err != nil {
		t.Fatal(err)
	}
	if pruned != 20 || packed != 20 {
		t.Errorf("%d models were pruned and %d packed, want 20", pruned, packed)
	}
}

func TestResultsAreGoodByTheirOutcomeOrTheirCase(t *testing.T) {
	for _, o := range outcome.All {
		if r := (Result{Outcome: o}); r.Good() != o.Good() {
			t.Errorf("%v, of which nothing is known: good is %v", o, r.Good())
		}
		if r := (Result{Outcome: o, Known: true}); !r.Good() {
			t.Errorf("%v, which the case states: not good", o)
		}
	}
}
