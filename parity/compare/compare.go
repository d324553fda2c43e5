// Package compare is the one comparison with upstream: it quantizes a model with ours
// and with upstream and compares the files.
package compare

import (
	"errors"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A Result is how one quantization of one model compares.
type Result struct {
	Outcome outcome.Outcome
	// Detail is the reason for an outcome other than Equal: the first difference, by
	// its path in the schema, or the messages of both. It may name processes.
	Detail string
	// Ours and Upstream are the files, nil where none is made. Ours has added
	// operators in the order of upstream's file where there is one.
	Ours, Upstream []byte
	// OursErr and UpstreamErr are the errors instead of files.
	OursErr, UpstreamErr error
	// Undefined are the reasons why bytes of upstream's file are undefined.
	Undefined []string

	shared map[uint32]bool // buffers that are such a reason: all but what follows from them is defined
}

// String says the outcome and its detail.
func (r Result) String() string {
	if r.Detail == "" {
		return r.Outcome.String()
	}
	return r.Outcome.String() + ": " + r.Detail
}

// Quantize quantizes a file with both and compares. A file that our verifier
// refuses is not given to upstream, which would crash on it. The error is not
// about the model: upstream cannot be asked at all.
func Quantize(q *reference.Quantizer, file []byte, o quantize.Options) (Result, error) {
	m, err := tflite.Read(file)
	if err != nil {
		return Result{Outcome: outcome.Invalid, Detail: err.Error(), OursErr: err}, nil
	}
	upstream, err := q.Quantize(file, Options(o))
	if err != nil {
		return withoutUpstream(m, o, err)
	}
	return File(m, o, upstream), nil
}

// withoutUpstream compares with an error of upstream.
func withoutUpstream(m *tflite.ModelT, o quantize.Options, upstream error) (Result, error) {
	var status *reference.StatusError
	r := Result{UpstreamErr: upstream}
	refused := errors.As(upstream, &status)
	switch {
	case errors.Is(upstream, reference.ErrCrashed):
		r.Outcome = outcome.UpstreamCrashes
	case errors.Is(upstream, reference.ErrTimeout):
		r.Outcome = outcome.UpstreamHangs
	case !refused:
		return r, fmt.Errorf("upstream: %w", upstream)
	}
	r.ours(m, o)
	switch {
	case refused && r.OursErr == nil:
		r.Outcome = outcome.UpstreamRefuses
	case refused && isRefusal(r.OursErr):
		r.Outcome = outcome.RefusedByBoth
	}
	r.Detail = fmt.Sprintf("upstream: %v", upstream)
	if r.OursErr != nil {
		r.Detail = fmt.Sprintf("ours: %v; upstream: %v", r.OursErr, upstream)
	}
	return r, nil
}

// ours quantizes the model.
func (r *Result) ours(m *tflite.ModelT, o quantize.Options) {
	if r.Undefined, r.shared, r.OursErr = undefined(m, o); r.OursErr == nil {
		r.Ours, r.OursErr = quantize.Bytes(m, o)
	}
}

// isRefusal reports whether an error of ours is about the model or its options;
// any other would be a mistake of ours.
func isRefusal(err error) bool {
	return errors.Is(err, quantize.ErrModel) || errors.Is(err, quantize.ErrOptions)
}

// File quantizes m in the order of a file that upstream made of it, and compares
// the files.
func File(m *tflite.ModelT, o quantize.Options, upstream []byte) Result {
	r := Result{Upstream: upstream}
	var orderErr error
	o.Order, orderErr = orderOf(m, o, upstream)
	r.ours(m, o)
	switch {
	case r.OursErr != nil && isRefusal(r.OursErr):
		r.Outcome, r.Detail = outcome.OursRefuses, r.OursErr.Error()
	case r.OursErr != nil:
		r.Detail = r.OursErr.Error()
	case orderErr != nil:
		r.Detail = orderErr.Error()
	case len(r.Undefined) > 0:
		r.compareDefined(m)
	default:
		r.compareAll()
	}
	return r
}

// orderOf returns the order of added operators in upstream's file.
func orderOf(m *tflite.ModelT, o quantize.Options, upstream []byte) ([][]int32, error) {
	theirs, err := tflite.Read(upstream)
	if err != nil {
		return nil, fmt.Errorf("upstream's file: %w", err)
	}
	order, err := quantize.OrderOf(m, theirs, o)
	if err != nil {
		return nil, fmt.Errorf("upstream's order: %w", err)
	}
	return order, nil
}

func (r *Result) compareAll() {
	if r.Detail = diff.First(r.Ours, r.Upstream); r.Detail == "" {
		r.Outcome = outcome.Equal
	}
}

func (r *Result) compareDefined(m *tflite.ModelT) {
	r.Detail = diff.First(definedPart(m, r.shared, r.Ours), definedPart(m, r.shared, r.Upstream))
	if r.Detail == "" {
		r.Outcome, r.Detail = outcome.EqualDefined, r.Undefined[0]
	}
}
