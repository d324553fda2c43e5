package main

import (
	"fmt"
	"os"

	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

// How many random models the page counts, as many as the tests take by themselves.
var size = suite.Size{Graphs: 10000, Models: 5000, Units: 500}

// A count is how many quantizations of a suite had an outcome.
type count struct {
	suite   string
	outcome outcome.Outcome
	n       int
	bad     int // of these, how many are neither good nor what their case states
}

// cover runs the suites. The counts are in the order of the suites and, within
// one, of outcomes.
func cover() ([]count, error) {
	u := suite.Upstream{Quantizer: new(reference.Quantizer), Converter: new(reference.Converter)}
	defer u.Close()
	defer u.Converter.Close()
	type key struct {
		suite   string
		outcome outcome.Outcome
	}
	all, bad := map[key]int{}, map[key]int{}
	done := ""
	err := suite.Run(u, size, func(r suite.Result) {
		if r.Suite != done {
			fmt.Fprintf(os.Stderr, "suite: %s\n", r.Suite)
			done = r.Suite
		}
		k := key{r.Suite, r.Outcome}
		if all[k]++; !r.Good() {
			bad[k]++
		}
	})
	if err != nil {
		return nil, err
	}
	var list []count
	for _, s := range suite.Names {
		for _, o := range outcome.All {
			if k := (key{s, o}); all[k] > 0 {
				list = append(list, count{s, o, all[k], bad[k]})
			}
		}
	}
	return list, nil
}
