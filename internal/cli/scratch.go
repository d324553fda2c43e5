package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
)

// A scratch is a temporary file for a model between two steps. Where the system has
// names for files that are open, it has no other, and is gone with the process.
type scratch struct {
	file *os.File
	path string // by which this process opens it
}

func newScratch() (*scratch, error) {
	f, err := os.CreateTemp("", "tflite_convert-*.tflite")
	if err != nil {
		return nil, fmt.Errorf("%w: want a folder for a temporary file: TMPDIR names another", err)
	}
	s := &scratch{f, f.Name()}
	if open := fmt.Sprintf("/proc/self/fd/%d", f.Fd()); exists(open) {
		os.Remove(s.path)
		s.path = open
	}
	return s, nil
}

func (s *scratch) remove() {
	s.file.Close()
	if s.path == s.file.Name() {
		os.Remove(s.path)
	}
}

// checkPlace reports what keeps a file from being made, before the work for it.
func checkPlace(out string) error {
	file, err := output.Create(out)
	if err != nil {
		return quantize.WriteError(out, err)
	}
	return file.Abort()
}

// copyTo makes the file out, whole or not at all, and returns its size. Errors are
// those of quantize.File.
func (s *scratch) copyTo(out string) (size int64, err error) {
	file, err := output.Create(out)
	if err == nil {
		defer file.Abort()
		size, err = io.Copy(io.NewOffsetWriter(file, 0), s.file)
	}
	if err == nil {
		err = file.Commit()
	}
	if err != nil {
		return 0, quantize.WriteError(out, err)
	}
	return size, nil
}
