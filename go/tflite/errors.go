package tflite

import (
	"errors"
	"fmt"
)

// ErrFormat is matched by every error of Read.
var ErrFormat = errors.New("not a valid TFLite model")

// ErrChanged is matched, besides ErrFormat, by the error for data that Read verified
// and found to be others when it read them.
var ErrChanged = errors.New("its bytes changed while they were read")

// ErrModel is matched by every error of Check, and by those of Pack and Write for
// a model that Check refuses.
var ErrModel = errors.New("invalid model")

// ErrTooLarge is matched by errors for a model that does not fit into a
// FlatBuffer, not even without the data of its buffers.
var ErrTooLarge = errors.New("model too large for a FlatBuffer")

// A FormatError says where a file is not a valid TFLite model.
type FormatError struct {
	Path   string // of the schema, such as "subgraphs[0].operators[3].inputs"; "" is the file itself
	Reason string
}

func (e *FormatError) Error() string { return describe(ErrFormat, e.Path, e.Reason) }

// Unwrap returns ErrFormat.
func (e *FormatError) Unwrap() error { return ErrFormat }

// Is reports whether the error is ErrChanged, which it matches besides ErrFormat.
func (e *FormatError) Is(target error) bool {
	return target == ErrChanged && e.Reason == ErrChanged.Error()
}

// A ModelError says which part of a model no file can hold, and why.
type ModelError struct {
	Path   string // of the schema, such as "signature_defs[0].inputs[2]"; "" is the model itself
	Reason string
}

func (e *ModelError) Error() string { return describe(ErrModel, e.Path, e.Reason) }

// Unwrap returns ErrModel.
func (e *ModelError) Unwrap() error { return ErrModel }

func describe(kind error, path, reason string) string {
	if path == "" {
		return fmt.Sprintf("%v: %s", kind, reason)
	}
	return fmt.Sprintf("%v: %s: %s", kind, path, reason)
}

// A fault is a FormatError or ModelError under construction: the path grows as
// callers return.
type fault struct {
	path   string
	reason string
}

func faultf(form string, args ...any) *fault { return &fault{reason: fmt.Sprintf(form, args...)} }

// in puts a field or an index in front of the path.
func (f *fault) in(step string) *fault {
	switch {
	case f.path == "" || f.path[0] == '[':
		f.path = step + f.path
	default:
		f.path = step + "." + f.path
	}
	return f
}

func (f *fault) at(index int) *fault { return f.in(fmt.Sprintf("[%d]", index)) }
