package units

import (
	"errors"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// Outcome is what Quantize and Convert return in the words of all comparisons, with the
// reason for one that is not good. An error that remains is not about the model.
func Outcome(r Result, err error) (outcome.Outcome, string, error) {
	var status *reference.StatusError
	switch {
	case err == nil && r.Good():
		return outcome.EqualUnits, "", nil
	case err == nil:
		return outcome.Different, r.First(), nil
	case errors.Is(err, reference.ErrCrashed):
		return outcome.UpstreamCrashes, err.Error(), nil
	case errors.Is(err, reference.ErrTimeout):
		return outcome.UpstreamHangs, err.Error(), nil
	case errors.As(err, &status):
		return outcome.UpstreamRefuses, err.Error(), nil
	case errors.Is(err, quantize.ErrModel), errors.Is(err, quantize.ErrOptions):
		return outcome.OursRefuses, err.Error(), nil
	}
	return 0, "", err
}

// First is the first difference, "" where there is none.
func (r *Result) First() string {
	switch {
	case len(r.Missing) > 0 && len(r.Extra) > 0:
		return fmt.Sprintf("got %v, want %v", &r.Missing[0], &r.Extra[0])
	case len(r.Missing) > 0:
		return fmt.Sprintf("got %v, which upstream does not have", &r.Missing[0])
	case len(r.Extra) > 0:
		return fmt.Sprintf("want %v, which ours does not have", &r.Extra[0])
	case len(r.Versions) > 0:
		return "version of " + r.Versions[0]
	case len(r.Types) > 0:
		return r.Types[0]
	}
	return ""
}
