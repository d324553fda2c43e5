package check

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Equivalent returns options that one of upstream's functions takes together
// and that mean the same as o. With float16 upstream looks at no other option.
// Of its functions one alone turns hybrid evaluation off, which takes no
// scheme, denylist and custom operators: with these, every operator is denied.
func Equivalent(o quantize.Options) reference.Options {
	if o.BufferType == quantize.Float16 {
		return reference.Options{Float16: true, LegacyScheme: o.Scheme == quantize.Legacy}
	}
	r := Upstream(o)
	if o.NoHybrid && (o.Scheme == quantize.Legacy || o.OpDenylist != nil || o.CustomOps != nil) {
		r.NoHybrid = false
		for _, op := range tflite.BuiltinOperators() {
			r.DenyOps = append(r.DenyOps, int32(op))
		}
	}
	return r
}
