package compare

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Options returns upstream's options that mean the same as o and that one of its
// functions takes together. With float16 upstream looks at no other option. Of
// its functions one alone turns hybrid evaluation off, which takes no scheme,
// denylist and custom operators: with these, every operator is denied.
func Options(o quantize.Options) reference.Options {
	if o.BufferType == quantize.Float16 {
		return reference.Options{Float16: true, LegacyScheme: o.Scheme == quantize.Legacy}
	}
	r := reference.Options{
		LegacyScheme: o.Scheme == quantize.Legacy,
		NoHybrid:     o.NoHybrid,
		MinElements:  o.MinElements,
	}
	for _, op := range o.OpDenylist {
		r.DenyOps = append(r.DenyOps, int32(op))
	}
	for name, c := range o.CustomOps {
		if r.CustomOps == nil {
			r.CustomOps = map[string]reference.CustomOp{}
		}
		r.CustomOps[name] = reference.CustomOp{Inputs: c.Inputs, Hybrid: c.Hybrid}
	}
	if o.NoHybrid && (o.Scheme == quantize.Legacy || o.OpDenylist != nil || o.CustomOps != nil) {
		r.NoHybrid = false
		for _, op := range tflite.BuiltinOperators() {
			r.DenyOps = append(r.DenyOps, int32(op))
		}
	}
	return r
}
