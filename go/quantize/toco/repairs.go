package toco

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
)

// Check says why a constant with such values cannot have a format: see repair.Set.
func (o Options) Check(f encode.Format, s repair.Stats) (name, why string, ok bool) {
	return o.Repairs.Check(f, s)
}

// ChecksValues reports whether Check can say so of any.
func (o Options) ChecksValues() bool { return o.Repairs.ChecksValues() }
