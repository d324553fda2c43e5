package units_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/graphs"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

var (
	count     = flag.Uint64("graphs", 500, "random graphs to quantize")
	graphSeed = flag.Uint64("graph_seed", 0, "seed of the first random graph")
)

const mostFailures = 10

// Every unit of random graphs is upstream's.
func TestRandomGraphs(t *testing.T) {
	q := upstream(t)
	q.Timeout = 5 * time.Second
	refused := map[string]int{}
	good, equal, failures := 0, 0, 0
	for seed := *graphSeed; seed < *graphSeed+*count && failures < mostFailures; seed++ {
		c := graphs.Valid(seed)
		file, err := tflite.Write(c.Model)
		if err != nil {
			t.Fatal(err)
		}
		switch r, err := units.Quantize(q, file, c.Options); {
		case errors.Is(err, units.ErrUpstream):
			refused[err.Error()]++
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case !r.Good():
			failures++
			t.Errorf("seed %d, %v: %s", seed, &c, r.String())
		default:
			good++
			equal += r.Equal
		}
	}
	var words []string
	for _, why := range slices.SortedFunc(maps.Keys(refused), func(a, b string) int { return refused[b] - refused[a] }) {
		words = append(words, fmt.Sprintf("%d %s", refused[why], why))
	}
	t.Logf("%d graphs with %d equal units; of no others upstream makes a file:\n%s", good, equal, strings.Join(words, "\n"))
	if equal == 0 {
		t.Error("not one unit was equal")
	}
}
