package mlir

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
)

// inherent are repairs of what this quantizer does right in any case, and of which
// TensorFlow's does too.
var inherent = []string{"graph-inputs", "graph-outputs", "signatures", "operator-versions", "sparse-weights"}

// repairs are those of the options that there is something to mend for.
func (o *Options) repairs() repair.Set {
	set := o.Repairs
	for _, name := range inherent {
		set, _ = set.Without(name)
	}
	return set
}

// Check says why a constant with such values cannot have a format: see repair.Set.
func (o Options) Check(f encode.Format, s repair.Stats) (name, why string, ok bool) {
	set := o.repairs()
	return set.Check(f, s)
}

// ChecksValues reports whether Check can say so of any.
func (o Options) ChecksValues() bool { return o.repairs().ChecksValues() }
