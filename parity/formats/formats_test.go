package main

import (
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

var (
	every   = flag.Bool("every", false, "run all rows of the table, not a share")
	fetched = flag.Bool("fetched", false, "also run TFLite Micro, which PyPI is asked for: it takes a network")
)

// share is the part of the rows that are always run: one of so many.
const share = 3

// Outcomes in the table are those of the runtimes. What times were measured cannot be
// tested.
func TestOutcomesAreFresh(t *testing.T) {
	all := slices.Clone(runtimes.ForTest(t))
	if *fetched {
		micro := runtimes.MicroRuntime()
		defer micro.Close()
		all = append(all, micro)
	}
	table := target.Measured()
	list, err := trials()
	if err != nil {
		t.Fatal(err)
	}
	var chosen []trial
	for _, one := range list {
		i := slices.IndexFunc(table.Rows, func(r target.Row) bool { return r.Kind == one.kind })
		if i < 0 {
			t.Fatalf("no row of %v: write the table with ./bazelw run //parity/formats", one.kind)
		}
		if *every || i%share == 0 {
			chosen = append(chosen, one)
		}
	}
	rows, err := outcomesOf(all, chosen)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for k, r := range all {
			if got, _ := target.In(r.Name, row.Kind); got.Outcome != row.Cells[k].Outcome {
				t.Errorf("%v in %s: %s, and %s in the table: write it with ./bazelw run //parity/formats", row.Kind, r.Name, row.Cells[k].Outcome, got.Outcome)
			}
		}
	}
}

// Every row comes of a trial.
func TestTheTableHasNoOtherRows(t *testing.T) {
	list, err := trials()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range target.Measured().Rows {
		if !slices.ContainsFunc(list, func(one trial) bool { return one.kind == row.Kind }) {
			t.Errorf("%v: no model has this", row.Kind)
		}
	}
}

func TestThePageIsThatOfTheTable(t *testing.T) {
	want, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), page(target.Measured())); d != "" {
		t.Errorf("docs/formats.md is stale: write it with ./bazelw run //parity/formats\n%s", d)
	}
}
