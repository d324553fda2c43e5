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
	f, err := quantized(file, o, func() ([]byte, error) { return q.Quantize(file, Options(o)) })
	if err != nil {
		return Result{}, err
	}
	r := f.compare()
	return r, r.checkVersions(q, f.source, f.ours, f.upstream)
}

// files are a float file, ours of it and upstream's.
type files struct {
	data                   [3][]byte
	source, ours, upstream *tflite.ModelT
}

// quantized quantizes a file with ours and upstream.
func quantized(file []byte, o mlir.Options, upstream func() ([]byte, error)) (f files, err error) {
	if f.source, err = tflite.Read(file); err != nil {
		return f, err
	}
	ours, err := quantize.Bytes(f.source, o)
	if err != nil {
		return f, err
	}
	if f.ours, err = tflite.Read(ours); err != nil {
		return f, fmt.Errorf("our file: %w", err)
	}
	theirs, err := answer(upstream())
	if err != nil {
		return f, err
	}
	if f.upstream, err = tflite.Read(theirs); err != nil {
		return f, fmt.Errorf("%w that can be read: %w", ErrUpstream, err)
	}
	f.data = [3][]byte{file, ours, theirs}
	return f, nil
}

func (f *files) compare() Result {
	r := Compare(f.source, f.ours, f.upstream)
	r.Source, r.Ours, r.Upstream = f.data[0], f.data[1], f.data[2]
	return r
}

// answer tells an error that is about the model, which becomes ErrUpstream, from one of
// asking.
func answer(file []byte, err error) ([]byte, error) {
	var status *reference.StatusError
	switch {
	case err == nil:
		return file, nil
	case errors.Is(err, reference.ErrCrashed), errors.Is(err, reference.ErrTimeout), errors.As(err, &status):
		return nil, &upstreamError{why(err), err}
	}
	return nil, fmt.Errorf("upstream: %w", err)
}

// An upstreamError is upstream's, in words without those that name processes.
type upstreamError struct {
	words string
	err   error
}

func (e *upstreamError) Error() string { return ErrUpstream.Error() + ": " + e.words }

func (e *upstreamError) Unwrap() []error { return []error{ErrUpstream, e.err} }

// notImported has words of what upstream says of networks with operators that it does not
// import, which end its process.
var notImported = map[string]string{
	"bidirectional LSTM": "'tfl.bidirectional_sequence_lstm' op expected 2 results",
	"RNN, one step":      "unregistered operation 'tfl.rnn'",
	"bidirectional RNN":  "unregistered operation 'tfl.bidirectional_sequence_rnn'",
}

// NotImported returns words of what upstream says instead of making a file of a synthetic
// network, "" where it makes one.
func NotImported(network string) string { return notImported[network] }

// longest is how much is kept of what upstream says.
const longest = 300

// why is what upstream says, without what names processes: of a crash, the first error
// that it printed.
func why(err error) string {
	var crash *reference.CrashError
	if errors.Is(err, reference.ErrTimeout) {
		return "no answer"
	}
	if !errors.As(err, &crash) {
		return fmt.Sprintf("%.*s", longest, err)
	}
	for line := range strings.Lines(crash.Stderr) {
		if at := strings.Index(line, "error:"); at >= 0 {
			return "crash: " + strings.TrimSpace(line[at+len("error:"):])
		}
	}
	return "crash: " + crash.Ending
}
