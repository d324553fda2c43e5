package main

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

var update = flag.Bool("update", false, "write testdata/page.md and testdata/summary.md anew")

// stored are numbers that were made up.
func stored(t *testing.T) Results {
	t.Helper()
	r, err := load(filepath.Join("testdata", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Latency) == 0 || len(r.Accuracy) == 0 || len(r.Runs) == 0 {
		t.Fatal("testdata/results.json lacks a part")
	}
	return r
}

func TestPagesAreMadeOfTheNumbersAlone(t *testing.T) {
	r := stored(t)
	for name, got := range map[string]string{"page.md": Page(r), "summary.md": Summary(r)} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (-want +got): look at it and run this with -update\n%s", name, d)
		}
	}
}

func TestPlotsAreWellFormed(t *testing.T) {
	r := stored(t)
	for name, plot := range map[string]string{"size": SizePlot(r), "latency": LatencyPlot(r)} {
		marks := 0
		for d := xml.NewDecoder(strings.NewReader(plot)); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
				marks++
			}
		}
		if marks < 2 { // in the legend and in a panel
			t.Errorf("%s: %d circles, want one for the float model", name, marks)
		}
		for _, want := range []string{"prefers-color-scheme:dark", "Digits &amp; letters", "95 % interval"} {
			if !strings.Contains(plot, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
		if strings.Contains(plot, "NaN") || strings.Contains(plot, "Inf") {
			t.Errorf("%s: places that are no numbers", name)
		}
	}
}

func TestCompareFindsWhatDisagrees(t *testing.T) {
	again := func(change func(*Results)) Comparison {
		r := stored(t)
		change(&r)
		return Compare(stored(t), r)
	}
	same := again(func(*Results) {})
	if len(same.Differences) != 0 || same.Compared == 0 || same.Noisy == 0 {
		t.Errorf("the same run: %+v, want agreement, and a noisy number", same)
	}
	for place, change := range map[string]func(*Results){
		"latency: ":  func(r *Results) { r.Latency[0].Rows[1].Ratio = spread.Interval{Value: 3, Low: 2.9, High: 3.1} },
		"accuracy: ": func(r *Results) { r.Accuracy[0].Rows[1].Percent = spread.Interval{Value: 1, Low: 0, High: 2} },
		"runs: ":     func(r *Results) { r.Runs[0].Rows[1].Outcome = "crashed" },
	} {
		c := again(change)
		if len(c.Differences) != 1 || !strings.HasPrefix(c.Differences[0], place) {
			t.Errorf("%s: %q, want one difference there", place, c.Differences)
		}
	}
	fails := again(func(r *Results) { r.Latency[0].Rows[1].Error = "crashes" })
	if len(fails.Differences) != 1 {
		t.Errorf("a file that no longer runs: %q", fails.Differences)
	}
}

func TestMergeReplacesNetworksAndKeepsTheOthers(t *testing.T) {
	old := stored(t)
	merged := old.merge(Results{Latency: []NetworkLatency{{Network: old.Latency[0].Network, From: "anew"}, {Network: "another"}}})
	if len(merged.Latency) != len(old.Latency)+1 || merged.Latency[0].From != "anew" {
		t.Errorf("%+v", merged.Latency)
	}
	if d := cmp.Diff(old.Runs, merged.Runs); d != "" {
		t.Error(d)
	}
	if old.Latency[0].From == "anew" {
		t.Error("the older results changed")
	}
}

func TestReadmeNeedsMarkers(t *testing.T) {
	r := stored(t)
	got, err := Readme("before\n"+begin+"old\n"+end+"after\n", r)
	if want := "before\n" + begin + Summary(r) + end + "after\n"; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	for _, text := range []string{"", begin, end} {
		if _, err := Readme(text, r); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// What is in the tree was written by this command from docs/results.json.
func TestTheTreeHasTheNumbersOfTheJSON(t *testing.T) {
	root, err := filepath.EvalSymlinks(filepath.Join("..", "..", "WORKSPACE"))
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Dir(root)
	r, err := load(filepath.Join(root, "docs", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := Readme(string(readme), r)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"README.md":           opened,
		"docs/results.md":     Page(r),
		"docs/" + sizePlot:    SizePlot(r),
		"docs/" + latencyPlot: LatencyPlot(r),
	} {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if string(got) != want {
			t.Errorf("%s: not what the numbers give: run ./bazelw run //tools:results -- --only page", name)
		}
	}
}

func TestOutputsFarBehindOthersAreWrong(t *testing.T) {
	right := func(decibels ...float64) (rows []OutcomeRow) {
		for _, d := range decibels {
			rows = append(rows, OutcomeRow{Outcome: "right", Decibels: d})
		}
		return rows
	}
	for _, c := range []struct {
		name  string
		rows  []OutcomeRow
		wrong []bool
	}{
		{"activations in 8 bits", right(59.3, 38.4), []bool{false, false}},
		{"a scale that is not read", right(52.5, 11.9), []bool{false, true}},
		{"float32 in another order", right(999, 98), []bool{false, false}},
		{"a deep network", right(18, 13.6), []bool{false, false}},
		{"far enough", right(999, 29.9, 30), []bool{false, true, false}},
	} {
		fallBehind(c.rows)
		for i, r := range c.rows {
			if got := r.Outcome == "wrong"; got != c.wrong[i] {
				t.Errorf("%s: %v dB: wrong: %v, want %v", c.name, r.Decibels, got, c.wrong[i])
			}
		}
	}
}
