package instructions

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

var write = flag.Bool("write", false, "write the budget anew")

const (
	budgetFile = "budget.json"
	writing    = "go test ./tools/instructions -write" // needs Valgrind in PATH
)

// tolerance is the part of a count by which another one may differ. Counts of one program
// have differed by 0.75 % at most, on a machine as busy as ten of its size, and those of
// programs built by Bazel and by the go command by no more.
const tolerance = 0.02

// A budget has the instructions of each run, by its arguments.
type budget struct {
	Go           string           `json:"go"` // which built the command
	Instructions map[string]int64 `json:"instructions"`
}

func readBudget(t *testing.T) (b budget) {
	t.Helper()
	data, err := os.ReadFile(budgetFile)
	if err == nil {
		err = json.Unmarshal(data, &b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (c *counter) writeBudget(t *testing.T) {
	t.Helper()
	b := budget{c.release, map[string]int64{}}
	for _, args := range runs {
		b.Instructions[args] = c.count(t, args)
	}
	data, err := json.MarshalIndent(b, "", "  ")
	if err == nil {
		err = os.WriteFile(budgetFile, append(data, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func isNear(count, budget int64) bool {
	return math.Abs(float64(count-budget)) <= tolerance*float64(budget)
}

// exceeded says how far a count is from its budget, and what to do.
func exceeded(args string, got, want int64, budgetGo, programGo string) string {
	change, advice := "more", "find out why; where they are worth it, run "+writing
	if got < want {
		change, advice = "fewer", "keep the gain: run "+writing
	}
	words := fmt.Sprintf("quantize %s: %s instructions, %.1f %% %s than its budget of %s: want at most %v %%: %s",
		args, text.Exact(got), 100*math.Abs(float64(got)/float64(want)-1), change, text.Exact(want), 100*tolerance, advice)
	if budgetGo != programGo {
		words += fmt.Sprintf(" (the budget is for a program built by %s, this one was by %s)", budgetGo, programGo)
	}
	return words
}

func TestCountsAreNearTheirBudgetOrNamed(t *testing.T) {
	for _, c := range []struct {
		count int64
		near  bool
		words string
	}{
		{1_000_000, true, ""},
		{1_019_999, true, ""},
		{980_001, true, ""},
		{1_050_000, false, "quantize plan m: 1,050,000 instructions, 5.0 % more than its budget of 1,000,000: want at most 2 %: find out why; where they are worth it, run " + writing},
		{900_000, false, "quantize plan m: 900,000 instructions, 10.0 % fewer than its budget of 1,000,000: want at most 2 %: keep the gain: run " + writing},
	} {
		if near := isNear(c.count, 1_000_000); near != c.near {
			t.Errorf("%d: near is %v", c.count, near)
		}
		if words := exceeded("plan m", c.count, 1_000_000, "go1.26.11", "go1.26.11"); !c.near && words != c.words {
			t.Errorf("%d: %q, want %q", c.count, words, c.words)
		}
	}
}
