package parity

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Every named case has the outcome that it states, with every one of its
// options: mostly upstream's file, byte for byte. Upstream's order differs
// from process to process, so two are asked where it shows.
func TestCases(t *testing.T) {
	upstream := [2]*reference.Quantizer{quantizer(t), quantizer(t)}
	risky := make(chan struct{}, 2)
	counts := newTally()
	t.Run("each", func(t *testing.T) {
		for i, c := range cases.Cases() {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				upstream := upstream
				if !c.Harmless() { // what upstream reads may spoil what it does later
					risky <- struct{}{}
					defer func() { <-risky }()
					upstream = [2]*reference.Quantizer{quantizer(t), quantizer(t)}
				}
				file := c.Model().Bytes()
				for j, o := range c.Options {
					r := expectOutcome(t, upstream[i%2], c, file, o)
					if r.Outcome == outcome.Equal && orderShows(t, file, o) {
						expectOutcome(t, upstream[(i+1)%2], c, file, o)
						counts.add("in the order of a second process")
					}
					if t.Failed() {
						t.Fatalf("options %d: %s", j, cases.Describe(o))
					}
					counts.add(r.Outcome.String())
				}
			})
		}
	})
	counts.log(t)
}

// expectOutcome compares and reports what is not as the case states it.
func expectOutcome(t *testing.T, q *reference.Quantizer, c cases.Case, file []byte, o quantize.Options) compare.Result {
	t.Helper()
	r, err := compare.Known(q, file, o, c.Outcome)
	if err != nil {
		t.Fatal(err)
	}
	noFile := r.Outcome == outcome.Undefined && r.Upstream == nil // upstream may always crash on what it should not read
	if r.Outcome != c.Outcome && !(c.Outcome == outcome.EqualDefined && noFile) {
		t.Errorf("%v; expected: %v", r, c.Outcome)
	}
	switch {
	case c.Error != "" && r.OursErr == nil:
		t.Errorf("ours makes a file, expected an error with %q", c.Error)
	case c.Error != "" && (!strings.Contains(r.OursErr.Error(), c.Error) || !errors.Is(r.OursErr, quantize.ErrModel)):
		t.Errorf("ours: %v, expected ErrModel with %q", r.OursErr, c.Error)
	case c.Error == "" && r.OursErr != nil:
		t.Errorf("ours: %v", r.OursErr)
	case c.Error == "":
		mustRead(t, r.Ours)
	}
	return r
}

func orderShows(t *testing.T, file []byte, o quantize.Options) bool {
	t.Helper()
	shows, err := compare.OrderShows(mustRead(t, file), o)
	if err != nil {
		t.Fatal(err)
	}
	return shows
}

// A tally counts what was compared.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func newTally() *tally { return &tally{counts: map[string]int{}} }

func (c *tally) add(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[what]++
}

func (c *tally) log(t *testing.T) {
	for _, what := range slices.Sorted(maps.Keys(c.counts)) {
		t.Logf("%6d times: %s", c.counts[what], what)
	}
}
