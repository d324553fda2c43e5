package main

import (
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

func TestThePageShowsWhatDiffers(t *testing.T) {
	noise := infer.Error{Values: 8, Largest: 0.5, Peak: 4, Signal: 1000, Noise: 1, Vectors: 4, Changed: 1}
	good := row{model: "m", mode: "int8", before: 1234567, after: 400, outcome: check.Equal, same: true, err: noise, ours: time.Millisecond, theirs: 5 * time.Millisecond}
	partly, bad := good, good
	partly.outcome, partly.why, partly.runs = check.EqualDefined, "buffer 3 is shared", "upstream's file does not run"
	bad.outcome, bad.why, bad.same = check.Different, "subgraphs[0]", false
	p := page{
		pins:    []pin{{"a", "1.2", "abc"}},
		real:    []row{good, partly, bad},
		counts:  []count{{suite.NamedCases, suite.Equal, 1000}, {suite.NamedCases, suite.Different, 2}},
		machine: "a machine",
	}
	text := p.markdown()
	for _, want := range []string{
		"| a | 1.2 | `abc` |\n",
		"| m | int8 | 1,234,567 | 400 | 0.0 % | equal | equal | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"| m | int8 | 1,234,567 | 400 | 0.0 % | equal where defined | upstream's file does not run | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"- m, int8: upstream's bytes are undefined in part: buffer 3 is shared\n",
		"| m | int8 | 1,234,567 | 400 | 0.0 % | **different** | **different** | 30.0 dB | 0.5 (12 %) | 1 of 4 |\n",
		"- m, int8: subgraphs[0]\n",
		"| named cases | 1,002 | equal | 1,000 |\n|  |  | different | 2 |\n\n2 differ.\n",
		"Taken on a machine.",
		"| m | int8 | 1 | 5 | 5.0 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
}
