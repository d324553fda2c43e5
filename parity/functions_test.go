package parity

import (
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Upstream has several functions for the same; ours makes the file of each. That
// denying every operator is turning hybrid evaluation off is what lets the other
// tests combine that with options which no function of upstream takes with it.
func TestUpstreamFunctionsAgree(t *testing.T) {
	denyAll := compare.Options(quantize.Options{MinElements: 1, NoHybrid: true, CustomOps: map[string]quantize.CustomOp{"none": {}}})
	denyAll.CustomOps = nil
	calls := []struct {
		name     string
		ours     quantize.Options
		upstream []reference.Options
	}{
		{"the defaults", quantize.Options{}, []reference.Options{{Overload: "buffer_type"}, {Overload: "min_elements", MinElements: 1024},
			{Overload: "custom_ops", MinElements: 1024}, {Overload: "full", MinElements: 1024}, {Overload: "internal", MinElements: 1024}}},
		{"all weights", quantize.Options{MinElements: 1}, []reference.Options{{Overload: "min_elements", MinElements: 1},
			{Overload: "custom_ops", MinElements: 1}, {Overload: "full", MinElements: 1}, {Overload: "internal", MinElements: 1}}},
		{"the legacy scheme", quantize.Options{Scheme: quantize.Legacy}, []reference.Options{{Overload: "buffer_type", LegacyScheme: true}, {Overload: "full", MinElements: 1024, LegacyScheme: true}}},
		{"float16", quantize.Options{BufferType: quantize.Float16}, []reference.Options{{Float16: true}, {Float16: true, LegacyScheme: true}}},
		{"no hybrid evaluation", quantize.Options{MinElements: 1, NoHybrid: true}, []reference.Options{{Overload: "internal", MinElements: 1, NoHybrid: true}, denyAll}},
	}
	upstream := quantizer(t)
	compared := 0
	for _, c := range cases.Cases() {
		if c.Outcome != outcome.Equal || !strings.HasPrefix(c.Name, "shared weights/") && !strings.Contains(c.Name, "at the default") {
			continue
		}
		m := c.Model()
		file := m.Bytes()
		for _, call := range calls {
			for i, o := range call.upstream {
				theirs, err := upstream.Quantize(file, o)
				if err != nil {
					t.Fatalf("%s: %s, function %d: %v", c.Name, call.name, i, err)
				}
				if r := compare.File(&m.ModelT, call.ours, theirs); r.Outcome != outcome.Equal {
					t.Errorf("%s: %s, function %d: %v", c.Name, call.name, i, r)
				}
				compared++
			}
		}
	}
	if compared == 0 {
		t.Error("there are no such cases")
	}
	t.Logf("compared %d files", compared)
}
