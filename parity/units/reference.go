package units

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// ErrUpstream is what errors.Is finds where upstream does not make a file of a model.
var ErrUpstream = errors.New("upstream makes no file")

// Options returns upstream's options that mean the same as o, which is of the variant
// API and has no rules. Of upstream's functions, the one without hybrid evaluation
// takes no other option but the minimum.
func Options(o mlir.Options) reference.Options {
	r := reference.Options{MLIRQuantizer: true, Float16: o.Float16}
	if o.Float16 {
		return r
	}
	r.MinElements, r.LegacyScheme, r.NoHybrid = o.MinElements, o.PerTensor, o.WeightOnly
	for _, op := range o.OpDenylist {
		r.DenyOps = append(r.DenyOps, int32(op))
	}
	if len(o.CustomOps) > 0 {
		r.CustomOps = map[string]reference.CustomOp{}
	}
	for name, c := range o.CustomOps {
		r.CustomOps[name] = reference.CustomOp{Inputs: c.Inputs, Hybrid: c.Hybrid}
	}
	return r
}

// Quantize quantizes a file with both and compares the units. The error is one of ours,
// or ErrUpstream with what upstream says.
func Quantize(q *reference.Quantizer, file []byte, o mlir.Options) (Result, error) {
	m, err := tflite.Read(file)
	if err != nil {
		return Result{}, err
	}
	ours, err := quantize.Bytes(m, o)
	if err != nil {
		return Result{}, err
	}
	mine, err := tflite.Read(ours)
	if err != nil {
		return Result{}, fmt.Errorf("our file: %w", err)
	}
	made, err := q.Quantize(file, Options(o))
	if err != nil && !isAnswer(err) {
		return Result{}, fmt.Errorf("upstream: %w", err)
	}
	if err != nil {
		return Result{}, fmt.Errorf("%w: %s", ErrUpstream, why(err))
	}
	theirs, err := tflite.Read(made)
	if err != nil {
		return Result{}, fmt.Errorf("%w that can be read: %w", ErrUpstream, err)
	}
	return Compare(m, mine, theirs), nil
}

// isAnswer tells an error that is about the model from one of asking.
func isAnswer(err error) bool {
	var status *reference.StatusError
	return errors.Is(err, reference.ErrCrashed) || errors.Is(err, reference.ErrTimeout) || errors.As(err, &status)
}

// why is what upstream says, without what names processes: of a crash, the first error
// that it printed.
func why(err error) string {
	var crash *reference.CrashError
	if errors.Is(err, reference.ErrTimeout) {
		return "no answer"
	}
	if !errors.As(err, &crash) {
		return err.Error()
	}
	for line := range strings.Lines(crash.Stderr) {
		if at := strings.Index(line, "error:"); at >= 0 {
			return "crash: " + strings.TrimSpace(line[at+len("error:"):])
		}
	}
	return "crash: " + crash.Ending
}
