package main

import (
	"fmt"
	"os"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

// How many random models the page counts, as many as the tests take by themselves.
var size = suite.Size{Graphs: 10000, Models: 5000}

// A count is how many quantizations of a suite had an outcome.
type count struct {
	suite, outcome string
	n              int
}

// cover runs the suites. The counts are in the order of the suites and, within
// one, of outcomes.
func cover() ([]count, error) {
	q := new(reference.Quantizer)
	defer q.Close()
	counts := map[count]int{}
	done := ""
	err := suite.Run(q, size, func(r suite.Result) {
		if r.Suite != done {
			fmt.Fprintf(os.Stderr, "suite: %s\n", r.Suite)
			done = r.Suite
		}
		counts[count{suite: r.Suite, outcome: r.Outcome}]++
	})
	if err != nil {
		return nil, err
	}
	var list []count
	for _, s := range suite.Names {
		for _, o := range suite.Outcomes {
			if n := counts[count{suite: s, outcome: o}]; n > 0 {
				list = append(list, count{s, o, n})
			}
		}
	}
	return list, nil
}
