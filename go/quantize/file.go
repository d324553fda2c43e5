package quantize

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
)

// View maps the file of a model, reads the model and calls f with it. Neither it
// nor what it holds may be used once f has returned. The error is f's, or a
// *FileError that matches ErrRead, or matches tflite.ErrFormat.
func View(path string, f func(m *tflite.ModelT) error) error {
	return viewFile(path, func(data []byte) error {
		m, _, err := read(data)
		if err != nil {
			return naming(path, err)
		}
		return f(m)
	})
}

// ViewParts is View for a model whose parts exist, else the error is ErrModel, with the
// bytes of the file too: of these, the first size are the model.
func ViewParts(path string, f func(m *tflite.ModelT, data []byte, size int64) error) error {
	return viewFile(path, func(data []byte) error {
		m, size, err := read(data)
		if err == nil {
			_, err = plan.New(m)
		}
		if err != nil {
			return naming(path, err)
		}
		return f(m, data, size)
	})
}

// ViewBytes is View for the bytes of any file.
func ViewBytes(path string, f func(data []byte) error) error { return viewFile(path, f) }

func viewFile(path string, f func(data []byte) error) error {
	source, err := mapping.Open(path)
	if err != nil {
		return &FileError{path, err, ErrRead}
	}
	defer source.Close()
	err = use(source, func() error { return f(source.Data) })
	var fault *mapping.Fault
	if err == ErrChanged || errors.As(err, &fault) {
		return &FileError{path, err, ErrRead}
	}
	return err
}

// File quantizes the model in the file in and writes the new one to the file
// out, without holding either in memory.
//
// The file out appears whole or not at all; where there is one already, its
// permissions, owner, access control list and extended attributes are kept as far
// as the process may, links are followed, and it may be in itself. Bytes after the
// model, such as a zip with labels, are kept where the plan says so. On error
// nothing is left. Where the system or the disk has no unnamed files, a process
// that is ended by a signal may leave a temporary file beside out, whose name
// starts with a dot.
//
// The error is a *FileError that matches ErrRead or ErrWrite, or one of those
// of Weights, or matches tflite.ErrFormat, or is that of the context.
func File(in, out string, q Quantizer, options ...RunOption) (*report.Report, error) {
	if err := checkQuantizer(q); err != nil {
		return nil, err
	}
	name := cmp.Or(newRun(options).name, in)
	source, err := mapping.Open(in)
	if err != nil {
		return nil, &FileError{name, err, ErrRead}
	}
	defer source.Close()
	prepared := prepare(out, leastBytes(q, int64(len(source.Data))))
	c := newConversion(source, name, out, q, options)
	c.data = source.Data
	c.begin = func(size int64) (io.WriterAt, error) {
		file, err := prepared.take(size)
		if err != nil {
			return nil, &FileError{out, err, ErrWrite}
		}
		return outputFile{file, out}, nil
	}
	err = use(source, c.convert)
	file, created := prepared.wait()
	if created == nil {
		defer file.Abort()
	}
	if err != nil {
		return nil, classify(err, c.run.ctx, name, out)
	}
	if err := file.Commit(); err != nil {
		return nil, &FileError{out, err, ErrWrite}
	}
	c.report.Seconds.Write = c.lap()
	return &c.report, nil
}

// An inputFile names itself in its errors, but for ErrChanged, which the mapping
// finds too.
type inputFile struct {
	stream.Input
	path string
}

func (f inputFile) Read(buf, part []byte) ([]byte, error) {
	got, err := f.Input.Read(buf, part)
	if err != nil && err != ErrChanged {
		err = &FileError{f.path, err, ErrRead}
	}
	return got, err
}

// An outputFile names itself in its errors.
type outputFile struct {
	*output.File
	path string
}

func (f outputFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.File.WriteAt(b, at)
	if err != nil {
		err = &FileError{f.path, err, ErrWrite}
	}
	return n, err
}

// classify says which file an error of converting is about.
func classify(err error, ctx context.Context, in, out string) error {
	var file *FileError
	var fault *mapping.Fault
	switch {
	case errors.As(err, &file), errors.Is(err, ErrOptions), ctx.Err() != nil:
		return err
	case errors.Is(err, ErrChanged):
		return &FileError{in, err, ErrRead}
	case errors.As(err, &fault):
		return &FileError{in, fmt.Errorf("the disk failed while it was read, or while %s was written: %w", out, err), ErrRead}
	}
	return fmt.Errorf("%s: %w", in, err)
}
