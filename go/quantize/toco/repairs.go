package toco

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Check says why a constant with such values cannot have a format: see repair.Set.
func (o Options) Check(f encode.Format, s repair.Stats) (name, why string, ok bool) {
	return o.Repairs.Check(f, s)
}

// ChecksValues reports whether Check can say so of any.
func (o Options) ChecksValues() bool { return o.Repairs.ChecksValues() }

// Keeping returns the options with constants that stay as they are.
func (o Options) Keeping(constants []plan.Repaired) plan.Quantizer {
	return keeping{o, nil}.Keeping(constants)
}

type keeping struct {
	Options
	kept repair.Kept
}

func (k keeping) Plan(m *tflite.ModelT) (*plan.Plan, error) { return k.Options.plan(m, k.kept) }

func (k keeping) Keeping(constants []plan.Repaired) plan.Quantizer {
	return keeping{k.Options, k.kept.With(constants)}
}
