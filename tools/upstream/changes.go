package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

// A change is a model that the releases treat differently.
type change struct{ pinned, release suite.Result }

// kind says what changed without what is particular to the model.
func (c change) kind() string {
	return fmt.Sprintf("%s: was %s, now %s", c.pinned.Suite, general(c.pinned), general(c.release))
}

var (
	index  = regexp.MustCompile(`\[\d+\]`)
	number = regexp.MustCompile(`\d+`)
)

// plainWords says whose a value is: ours, which is the pinned release's, or the other release's.
var plainWords = strings.NewReplacer(": got ", ": ours ", ", want ", ", upstream's ", "\n", " ")

// general is an outcome with the place of the first difference, without indices and numbers.
func general(r suite.Result) string {
	place, _, isField := strings.Cut(r.Detail, ": got ")
	place = index.ReplaceAllString(place, "[]")
	if !isField {
		place = number.ReplaceAllString(place, "N")
	}
	if place == "" {
		return r.Outcome.String()
	}
	if len(place) > 160 {
		place = place[:160] + "…"
	}
	return r.Outcome.String() + " (" + place + ")"
}

// compareReleases pairs the results of both, by suite and name.
func compareReleases(pinned, release []suite.Result) ([]change, error) {
	type key struct{ suite, name string }
	before := map[key]suite.Result{}
	for _, r := range pinned {
		if _, twice := before[key{r.Suite, r.Name}]; twice {
			return nil, fmt.Errorf("suites: %s, two are named %q, expected different names", r.Suite, r.Name)
		}
		before[key{r.Suite, r.Name}] = r
	}
	if len(pinned) != len(release) {
		return nil, fmt.Errorf("suites: %d results for the pinned release and %d for the other, expected as many", len(pinned), len(release))
	}
	var changes []change
	for _, r := range release {
		was, ok := before[key{r.Suite, r.Name}]
		if !ok {
			return nil, fmt.Errorf("suites: %s, %q has no result for the pinned release, expected one", r.Suite, r.Name)
		}
		if was != r {
			changes = append(changes, change{was, r})
		}
	}
	return changes, nil
}

// printChanges lists changes by kind, the commonest first, with at most examples of each.
func printChanges(w io.Writer, changes []change, examples int) {
	kinds := map[string][]change{}
	for _, c := range changes {
		kinds[c.kind()] = append(kinds[c.kind()], c)
	}
	order := make([]string, 0, len(kinds))
	for kind := range kinds {
		order = append(order, kind)
	}
	slices.SortFunc(order, func(a, b string) int {
		if n := len(kinds[b]) - len(kinds[a]); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	for _, kind := range order {
		list := kinds[kind]
		fmt.Fprintf(w, "\n%d times, %s\n", len(list), kind)
		for i, c := range list {
			if i == examples {
				fmt.Fprintf(w, "    and %d more (--examples=%d lists them)\n", len(list)-i, len(list))
				break
			}
			fmt.Fprintf(w, "    %.160s\n", c.release.Name)
			if c.release.Detail != "" {
				fmt.Fprintf(w, "        %.300s\n", plainWords.Replace(c.release.Detail))
			}
		}
	}
}

// printSummary prints, by suite and outcome, how many results each release has.
func printSummary(w io.Writer, pinnedVersion, version string, pinned, release []suite.Result, changes []change) {
	type row struct {
		suite   string
		outcome outcome.Outcome
	}
	counts := map[row][2]int{}
	for i, results := range [][]suite.Result{pinned, release} {
		for _, r := range results {
			key := row{r.Suite, r.Outcome}
			n := counts[key]
			n[i]++
			counts[key] = n
		}
	}
	rows := make([]row, 0, len(counts))
	for r := range counts {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b row) int {
		if n := slices.Index(suite.Names, a.suite) - slices.Index(suite.Names, b.suite); n != 0 {
			return n
		}
		return slices.Index(outcome.All, a.outcome) - slices.Index(outcome.All, b.outcome)
	})
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "suite\tours and upstream\t%s\t%s\n", pinnedVersion, version)
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\n", r.suite, r.outcome, counts[r][0], counts[r][1])
	}
	t.Flush()
	fmt.Fprintf(w, "%d of %d results changed.\n", len(changes), len(release))
}
