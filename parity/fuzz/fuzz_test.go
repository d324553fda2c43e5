package fuzz

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/graphs"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

var (
	count     = flag.Uint64("graphs", 10000, "random graphs to quantize")
	graphSeed = flag.Uint64("graph_seed", 0, "seed of the first random graph")
)

const mostFailures = 5

func run(t testing.TB, q *reference.Quantizer, c graphs.Case) compare.Result {
	file, err := tflite.Write(c.Model)
	if err != nil {
		t.Fatal(err)
	}
	r, err := compare.Quantize(q, file, c.Options)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Random graphs become upstream's files, byte for byte. A graph that does not
// is shrunk and kept; moved to testdata it is a case for ever.
func TestRandomGraphs(t *testing.T) {
	q := new(reference.Quantizer)
	defer q.Close()
	outcomes := map[outcome.Outcome]int{}
	failures := 0
	for seed := *graphSeed; seed < *graphSeed+*count && failures < mostFailures; seed++ {
		c := graphs.Random(seed)
		r := run(t, q, c)
		outcomes[r.Outcome]++
		if r.Outcome.Good() {
			continue
		}
		failures++
		small := Shrink(c, func(c graphs.Case) bool { return run(t, q, c).Outcome == r.Outcome })
		t.Errorf("seed %d: %.600v\nshrunk: %.600v\nkept: %s", seed, r, run(t, q, small), keep(t, seed, small))
	}
	t.Logf("graphs by outcome: %v", outcomes)
	if outcomes[outcome.Equal] == 0 {
		t.Error("not one graph was equal")
	}
}

// keep writes a case to where Bazel collects the outputs of tests, or to the
// folder for temporary files, and says where.
func keep(t testing.TB, seed uint64, c graphs.Case) string {
	dir := os.Getenv("TEST_UNDECLARED_OUTPUTS_DIR")
	if dir == "" {
		dir = os.TempDir()
	}
	name := fmt.Sprintf("graph_%d", seed)
	if err := Keep(dir, name, c); err != nil {
		t.Log(err)
	}
	return dir + "/" + name + ".tflite and .json"
}

// Graphs that once differed do not any more.
func TestKeptGraphs(t *testing.T) {
	cases, err := Kept("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("testdata has no case")
	}
	q := new(reference.Quantizer)
	defer q.Close()
	for name, c := range cases {
		if r := run(t, q, c); !r.Outcome.Good() {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// Shrinking keeps what fails and leaves out the rest.
func TestShrink(t *testing.T) {
	hasFive := func(c graphs.Case) bool {
		for _, sg := range c.Model.Subgraphs {
			for _, tensor := range sg.Tensors {
				if len(tensor.Shape) > 0 && tensor.Shape[0] == 5 {
					return true
				}
			}
		}
		return false
	}
	for seed := uint64(0); ; seed++ {
		c := graphs.Random(seed)
		if !hasFive(c) || len(c.Model.Subgraphs[0].Operators) < 3 {
			continue
		}
		small := Shrink(c, hasFive)
		if !hasFive(small) {
			t.Error("the shrunk case does not fail")
		}
		if n := len(small.Model.Subgraphs[0].Operators); n > 0 || len(small.Model.Subgraphs) > 1 {
			t.Errorf("%d operators and %d subgraphs are left, none was needed", n, len(small.Model.Subgraphs))
		}
		return
	}
}
