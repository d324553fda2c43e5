package quantize

import (
	"context"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
)

// A RunOption changes how a file is written, and whether; not what a plan makes.
type RunOption func(*run)

// WithContext ends the work when the context does; the error is then the context's.
func WithContext(ctx context.Context) RunOption { return func(r *run) { r.ctx = ctx } }

// WithProgress calls f, from several goroutines, with the number of bytes of the output
// that are done and their total.
func WithProgress(f func(done, total int64)) RunOption { return func(r *run) { r.progress = f } }

// WithName has File name the input so, in its errors and in the report: for a model
// that is in a temporary file.
func WithName(name string) RunOption { return func(r *run) { r.name = name } }

// WithWorkers has constants encoded in at most n goroutines at a time: for programs that
// quantize several models at once. Without it, or with n below 1, there are as many as
// processors, and never more.
func WithWorkers(n int) RunOption {
	return func(r *run) {
		if n > 0 {
			r.workers = min(n, r.workers)
		}
	}
}

// KeepUnlessSmaller has File and Bundle give a model as it was, byte for byte, where
// nothing is quantized or the new one would not be smaller. The report says so.
func KeepUnlessSmaller() RunOption { return func(r *run) { r.keepUnlessSmaller = true } }

// RequireSmaller has File and Bundle fail with ErrNotSmaller where the new file is not
// smaller than the old one.
func RequireSmaller() RunOption { return func(r *run) { r.requireSmaller = true } }

type run struct {
	keepUnlessSmaller, requireSmaller bool

	ctx      context.Context
	name     string // of File's input, "" for its path
	progress func(done, total int64)
	workers  int
	inside   int64 // the largest FlatBuffer that is made, in bytes
	planned  func(*Plan)
	stored   func(encoded int32) func(first int, data []byte) // what gets encoded data as they are made, or nil
}

func newRun(options []RunOption) *run {
	r := &run{ctx: context.Background(), workers: stream.Workers(), inside: math.MaxInt32, planned: func(*Plan) {}, stored: func(int32) func(int, []byte) { return nil }}
	for _, o := range options {
		if o != nil {
			o(r)
		}
	}
	if r.ctx == nil {
		r.ctx = context.Background()
	}
	return r
}
