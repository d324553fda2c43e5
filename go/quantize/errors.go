package quantize

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
)

// An Error says which place of a model, or which option, is wrong and how.
type Error = plan.Error

// Errors that an *Error matches with errors.Is.
var (
	ErrModel   = plan.ErrModel
	ErrOptions = plan.ErrOptions
)

// Errors that a *FileError matches with errors.Is.
var (
	ErrRead    = errors.New("cannot read the model")
	ErrWrite   = errors.New("cannot write the output")
	ErrChanged = mapping.ErrChanged // the model was cut or written to meanwhile; ErrRead matches too
)

// ErrNotSmaller is that of RequireSmaller.
var ErrNotSmaller = errors.New("no output that is smaller")

// A FileError says which file could not be read or written, and why. The
// system's error, such as fs.ErrNotExist, matches as well where there is one.
type FileError struct {
	Path string
	Err  error
	kind error
}

// WriteError is the *FileError of a file that cannot be written, for what writes
// files as File does.
func WriteError(path string, err error) error { return &FileError{path, err, ErrWrite} }

func (e *FileError) Error() string { return e.Path + ": " + reason(e.Err) }

// Unwrap returns ErrRead or ErrWrite, and Err.
func (e *FileError) Unwrap() []error { return []error{e.kind, e.Err} }

// reason puts an error of the system into words, without the name of the file.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) && err == error(path) {
		err = path.Err
	}
	switch {
	case err == syscall.ENOENT:
		return "there is no such file"
	case err == syscall.EISDIR:
		return "it is a folder, a file is expected"
	}
	return err.Error()
}
