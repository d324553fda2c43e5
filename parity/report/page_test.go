package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

func TestThePageShowsWhatDiffers(t *testing.T) {
	noise := infer.Error{Values: 8, Largest: 0.5, Peak: 4, Signal: 1000, Noise: 1, Vectors: 4, Changed: 1}
	good := row{model: "m", mode: "int8", before: 1234567, after: 400, ours: time.Millisecond, theirs: 5 * time.Millisecond}
	good.files.Outcome, good.outputs.Noise = outcome.Equal, noise
	partly, bad := good, good
	partly.files = compare.Result{Outcome: outcome.EqualDefined, Detail: "buffer 3 is shared"}
	partly.outputs.UpstreamErr = errors.New("no such buffer")
	bad.files = compare.Result{Outcome: outcome.Different, Detail: "subgraphs[0]"}
	bad.outputs.Difference = "output 0"
	with := func(o outcome.Outcome, detail string) unitsRow {
		r := unitsRow{row: good, equal: 7}
		r.mode, r.files = "mlir", compare.Result{Outcome: o, Detail: detail}
		return r
	}
	alone := with(outcome.EqualUnits, "")
	alone.unlikeness = "upstream's file does not run"
	p := page{
		units:    []unitsRow{with(outcome.EqualUnits, ""), alone, with(outcome.Different, "a scale"), with(outcome.UpstreamCrashes, "")},
		versions: []version{{"a", "1.2", "abc"}},
		real:     []row{good, partly, bad},
		counts:   []count{{suite.NamedCases, outcome.Equal, 1000, 0}, {suite.NamedCases, outcome.Different, 2, 2}},
		machine:  "a machine",
	}
	text := p.markdown()
	for _, want := range []string{
		"| a | 1.2 | `abc` |\n",
		"| m | int8 | 1,234,567 | 400 | 0.0 % | equal | equal | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"| m | int8 | 1,234,567 | 400 | 0.0 % | equal where defined | upstream's file does not run | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"- m, int8: upstream's bytes are undefined in part: buffer 3 is shared\n",
		"| m | int8 | 1,234,567 | 400 | 0.0 % | **different** | **different** | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"- m, int8: subgraphs[0]\n",
		"| m | mlir | 1,234,567 | 400 | 0.0 % | 7 equal | equal | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"| m | mlir | 1,234,567 | 400 | 0.0 % | **different** | equal | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"| m | mlir | 1,234,567 | 400 | 0.0 % | 7 equal | upstream's file does not run | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"| m | mlir |  |  |  | upstream crashes |  |  |  |  |\n",
		"- m, mlir: a scale\n",
		"| named cases | 1,002 | equal | 1,000 |\n|  |  | different | 2 |\n\n2 differ or have",
		"Taken on a machine.",
		"| m | int8 | 1 | 5 | 5.0 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
}
