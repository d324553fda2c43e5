package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A watched output keeps its first error: what prints help and completions drops
// those of writing.
type watched struct {
	w   io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err == nil {
		return n, nil
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err // without a name that the user did not give
	}
	err = fmt.Errorf("standard output: %w", err)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// Fd is the file descriptor, or one that no file has.
func (w *watched) Fd() uintptr {
	if f, ok := w.w.(*os.File); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// isSame reports whether w is the file of that name, as for /dev/stdout.
func isSame(w io.Writer, name string) bool {
	if watched, ok := w.(*watched); ok {
		w = watched.w
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	a, errA := f.Stat()
	b, errB := os.Stat(name)
	return errA == nil && errB == nil && os.SameFile(a, b)
}
