package compare

import (
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Known is Quantize for a model with a known fault of upstream's: upstream makes a file
// of a model that ours refuses, loses data, or reads memory that it should not. The
// result has the known outcome only where it is confirmed.
func Known(q *reference.Quantizer, file []byte, o quantize.Options, known outcome.Outcome) (Result, error) {
	r, err := Quantize(q, file, o)
	if err != nil {
		return r, err
	}
	switch known {
	case outcome.Tolerated:
		if r.Outcome == outcome.OursRefuses {
			r.Outcome = outcome.Tolerated
		}
	case outcome.OursKeeps:
		return keeps(q, file, o, r)
	case outcome.Undefined, outcome.EqualDefined:
		r.confirmUndefined()
	}
	return r, nil
}

// keeps confirms that upstream loses data outside the FlatBuffer and ours keeps
// them: upstream's file differs, but that of the same model with all data inside
// is ours.
func keeps(q *reference.Quantizer, file []byte, o quantize.Options, r Result) (Result, error) {
	if r.Outcome != outcome.Different {
		return r, nil
	}
	m, err := tflite.Read(file)
	if err != nil {
		return r, err
	}
	inside, err := tflite.Write(m)
	if err != nil {
		return r, err
	}
	whole, err := Quantize(q, inside, o)
	if err == nil && whole.Outcome == outcome.Equal {
		r.Outcome = outcome.OursKeeps
	}
	return r, err
}

// confirmUndefined turns a result into Undefined, whether upstream made a file,
// returned an error or crashed, if ours refuses the model or names the undefined
// part. Where parts of the file are defined, how they compare counts.
func (r *Result) confirmUndefined() {
	switch {
	case r.Outcome == outcome.UpstreamHangs:
	case r.Upstream != nil && len(r.shared) > 0:
	case r.OursErr != nil && isRefusal(r.OursErr):
		r.Outcome, r.Detail = outcome.Undefined, "ours: "+r.OursErr.Error()
	case r.OursErr == nil && len(r.Undefined) > 0:
		r.Outcome, r.Detail = outcome.Undefined, strings.Join(r.Undefined, "; ")
	default:
		r.Outcome, r.Detail = outcome.Different, "our plan does not say that upstream's bytes are undefined"
	}
}
