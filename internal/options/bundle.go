package options

import "github.com/tflite-quantize/tflite-quantize/go/quantize"

// BundleQuantizer is Quantizer for several models: an option need not have an effect in
// all of them. Each of each has one rule, denied operator or custom operator alone, and
// its plan is an error where that has no effect.
func (f *Flags) BundleQuantizer() (q quantize.Quantizer, each []quantize.Quantizer, err error) {
	s, err := f.whole()
	if err != nil {
		return nil, nil, err
	}
	if q, err = s.quantizer(); err != nil {
		return nil, nil, err
	}
	for _, one := range (Strict{Options: s.Options}).Each() {
		alone := *s
		alone.Rules, alone.OpDenylist, alone.CustomOps = one.Rules, one.OpDenylist, one.CustomOps
		each = append(each, alone.strict())
	}
	return lenient(q), each, nil
}

// lenient returns a quantizer whose options need not have an effect.
func lenient(q quantize.Quantizer) quantize.Quantizer {
	switch q := q.(type) {
	case aimed:
		return aimed{lenient(q.Quantizer), q.target}
	case Strict:
		return q.Options
	case strictMLIR:
		return q.Options
	case strictLiteRT:
		return q.Options
	}
	return q
}
