package mlir

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
)

// repairs are those of the options that there is something to mend for: TensorFlow's
// quantizer does the others right too.
func (o *Options) repairs() repair.Set { return o.Repairs.WithoutInherent() }

// Check says why a constant with such values cannot have a format: see repair.Set.
func (o Options) Check(f encode.Format, s repair.Stats) (name, why string, ok bool) {
	return o.repairs().Check(f, s)
}

// ChecksValues reports whether Check can say so of any.
func (o Options) ChecksValues() bool { return o.repairs().ChecksValues() }
