package reference

import (
	"errors"
	"fmt"
	"time"
)

// ErrCrashed matches, with errors.Is, the error of a model on which the
// process died; the error itself is a *CrashError.
var ErrCrashed = errors.New("reference crashed")

// A CrashError tells how the process ended that was at work on a model.
type CrashError struct {
	Program string // its path
	Ending  string // such as "signal: segmentation fault" or "exit status 1"
	Stderr  string // the last lines that it printed
}

func (e *CrashError) Error() string {
	return fmt.Sprintf("%s: crashed (%s), expected an answer; it printed: %s", e.Program, e.Ending, e.Stderr)
}

// Is makes errors.Is(err, ErrCrashed) true.
func (e *CrashError) Is(target error) bool { return target == ErrCrashed }

// ErrTimeout matches, with errors.Is, the error of a model that took longer
// than the client's Timeout.
var ErrTimeout = errors.New("reference timed out")

// A TimeoutError tells how long a model was waited for.
type TimeoutError struct {
	Program string
	After   time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%s: no answer after %v, expected one sooner (or a longer Timeout)", e.Program, e.After)
}

// Is makes errors.Is(err, ErrTimeout) true.
func (e *TimeoutError) Is(target error) bool { return target == ErrTimeout }

// A StatusError is an absl::Status that is not OK, as a function of TensorFlow returned
// it.
type StatusError struct {
	Function string
	Code     uint32 // absl::StatusCode: 3 is INVALID_ARGUMENT, 13 INTERNAL
	Message  string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: status %d (%s), expected OK", e.Function, e.Code, e.Message)
}

// A RunError is a model that the TensorFlow Lite runtime refused to load or run.
// Its message names the step and holds what the runtime reported.
type RunError struct {
	Message string
}

func (e *RunError) Error() string { return e.Message }

// A RequestError is a request that the program could not make sense of, such as
// options that no overload of QuantizeWeights takes together.
type RequestError struct {
	Message string
}

func (e *RequestError) Error() string { return e.Message }
