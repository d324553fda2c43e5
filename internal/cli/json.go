package cli

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/inference"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// A Printed value is what a command prints with --json.
type Printed struct {
	Command string
	Value   any
}

// JSON has a value of each type that commands print, for docs/json.md.
func JSON() []Printed {
	return []Printed{
		{"quantize", report.Report{}},
		{"quantize plan", report.Plan{}},
		{"quantize inspect", report.Inspection{}},
		{"quantize diff", differing{}},
		{"quantize verify", verified{}},
		{"quantize compare", inference.Comparison{}},
		{"quantize recipe list", options.NamedRecipe{}},
		{"quantize repairs", repair.Repair{}},
	}
}
