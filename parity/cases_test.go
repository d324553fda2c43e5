package parity

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/models"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Every named case ends as it says, with every one of its options: mostly in
// upstream's file, byte for byte. Upstream's order differs from process to
// process, so two are asked where it shows.
func TestCases(t *testing.T) {
	upstream := [2]*reference.Quantizer{quantizer(t), quantizer(t)}
	risky := make(chan struct{}, 2)
	counts := newTally()
	t.Run("each", func(t *testing.T) {
		for i, c := range models.Cases() {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				upstream := upstream
				if c.Upstream > models.Refused { // what it reads may spoil what it does later
					risky <- struct{}{}
					defer func() { <-risky }()
					upstream = [2]*reference.Quantizer{quantizer(t), quantizer(t)}
				}
				file := c.Model().Bytes()
				for j, o := range c.Options {
					got := outcome(upstream[i%2], c, file, o)
					if got == "" && c.Upstream == models.Same && orderShows(t, file, o) {
						got = outcome(upstream[(i+1)%2], c, file, o)
						counts.add("in the order of a second process")
					}
					if got != "" {
						t.Errorf("options %d: %s: %s", j, models.Describe(o), got)
						continue
					}
					counts.add(c.Upstream.String())
				}
			})
		}
	})
	counts.log(t)
}

// outcome quantizes with both and says what is not as the case has it, "" if all is.
func outcome(q *reference.Quantizer, c models.Case, file []byte, o quantize.Options) string {
	theirs, upstreamErr := q.Quantize(file, check.Equivalent(o))
	m, err := tflite.Read(file)
	if err != nil {
		return err.Error()
	}
	if d := endsAs(c.Upstream, upstreamErr); d != "" {
		return d
	}
	if c.Upstream == models.Same {
		if got, d := check.File(m, o, theirs); got != check.Equal {
			return fmt.Sprintf("%v: %s", got, d)
		}
		return ""
	}
	ours, err := quantize.Bytes(m, o)
	if c.Error != "" {
		return refuses(c.Error, err)
	}
	if err != nil {
		return "ours: " + err.Error()
	}
	if c.Upstream == models.Undefined {
		return undefinedFile(m, o, theirs)
	}
	if _, err := tflite.Read(ours); err != nil {
		return "our file: " + err.Error()
	}
	return ""
}

// orderShows reports whether more than one tensor is dequantized in a subgraph.
func orderShows(t *testing.T, file []byte, o quantize.Options) bool {
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, sg := range mustPlan(t, m, o).Subgraphs {
		if len(sg.Dequantize) > 1 {
			return true
		}
	}
	return false
}

// endsAs says how upstream's end is not the one that is expected.
func endsAs(want models.Ending, err error) string {
	var status *reference.StatusError
	got := map[bool]string{true: "makes a file", false: fmt.Sprintf("ends with: %v", err)}[err == nil]
	ok := err == nil
	switch want {
	case models.Refused:
		ok = errors.As(err, &status)
	case models.Crashed:
		ok = errors.Is(err, reference.ErrCrashed)
	case models.Undefined:
		ok = err == nil || errors.As(err, &status) || errors.Is(err, reference.ErrCrashed)
	}
	if ok {
		return ""
	}
	return fmt.Sprintf("upstream %s, expected: %v", got, want)
}

func refuses(want string, err error) string {
	switch {
	case err == nil:
		return fmt.Sprintf("ours makes a file, expected an error with %q", want)
	case !strings.Contains(err.Error(), want):
		return fmt.Sprintf("ours: %v, expected %q in it", err, want)
	case !errors.Is(err, quantize.ErrModel):
		return fmt.Sprintf("ours: %v does not match ErrModel", err)
	}
	return ""
}

// undefinedFile says where our plan does not know that upstream's bytes mean
// nothing, or where what is defined all the same is not the same.
func undefinedFile(m *tflite.ModelT, o quantize.Options, theirs []byte) string {
	plan, err := quantize.NewPlan(m, o)
	if err != nil {
		return err.Error()
	}
	if len(plan.Undefined) == 0 {
		return "our plan does not say that upstream's bytes are undefined"
	}
	if len(plan.SharedBuffers) == 0 || theirs == nil {
		return ""
	}
	if got, d := check.File(m, o, theirs); got != check.EqualDefined {
		return fmt.Sprintf("%v: %s", got, d)
	}
	return ""
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
