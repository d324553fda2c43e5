package quantize

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Errors that a *FileError matches with errors.Is.
var (
	ErrRead    = errors.New("cannot read the model")
	ErrWrite   = errors.New("cannot write the output")
	ErrChanged = mapping.ErrChanged // the model was cut or written to meanwhile; ErrRead matches too
)

// A FileError says which file could not be read or written, and why. The
// system's error, such as fs.ErrNotExist, matches as well where there is one.
type FileError struct {
	Path string
	Err  error
	kind error
}

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

// View maps the file of a model, reads the model and calls f with it. Neither it
// nor what it holds may be used once f has returned. The error is f's, or a
// *FileError that matches ErrRead, or matches tflite.ErrFormat.
func View(path string, f func(m *tflite.ModelT) error) error {
	source, err := mapping.Open(path)
	if err != nil {
		return &FileError{path, err, ErrRead}
	}
	defer source.Close()
	err = source.Use(func() error {
		m, err := tflite.Read(source.Data)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return f(m)
	})
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
// as the process may, links are followed, and it may be in itself. On error
// nothing is left. Where the system or the disk has no unnamed files, a process
// that is ended by a signal may leave a temporary file beside out, whose name
// starts with a dot.
//
// The error is a *FileError that matches ErrRead or ErrWrite, or one of those
// of Weights, or matches tflite.ErrFormat.
func File(in, out string, o Options) (*Report, error) { return FileProgress(in, out, o, nil) }

// FileProgress is File, and calls progress, from several goroutines, with how
// many bytes of the output are done out of how many.
func FileProgress(in, out string, o Options, progress func(done, total int64)) (*Report, error) {
	c := conversion{in: in, out: out, options: o, progress: progress, began: time.Now()}
	source, err := mapping.Open(in)
	if err != nil {
		return nil, &FileError{in, err, ErrRead}
	}
	defer source.Close()
	c.output = prepare(out, o.BufferType.smallest(int64(len(source.Data))))
	err = source.Use(func() error { return c.convert(source) })
	file, created := c.output.wait()
	if created == nil {
		defer file.Abort()
	}
	if err != nil {
		return nil, c.classify(err)
	}
	if err := file.Commit(); err != nil {
		return nil, &FileError{out, err, ErrWrite}
	}
	c.report.Write = c.lap()
	return &c.report, nil
}

// A conversion is one call of File.
type conversion struct {
	in, out  string
	options  Options
	progress func(done, total int64)
	began    time.Time // the step that is timed
	output   *preparation
	report   Report
}

// lap returns the time since it was called last.
func (c *conversion) lap() time.Duration {
	now := time.Now()
	d := now.Sub(c.began)
	c.began = now
	return d
}

// convert does everything but giving the output its name.
func (c *conversion) convert(source *mapping.File) error {
	m, err := tflite.Read(source.Data)
	if err != nil {
		return err
	}
	c.report.Read = c.lap()
	p, err := NewPlan(m, c.options)
	if err != nil {
		return err
	}
	c.report.Summary = p.Summary(m)
	c.report.Plan = c.lap()
	c.report.BytesBefore = int64(len(source.Data))
	return p.write(m, func(size int64) (*room, error) {
		c.report.BytesAfter = size
		file, err := c.output.take(size)
		if err != nil {
			return nil, &FileError{c.out, err, ErrWrite}
		}
		return &room{file: outputFile{file, c.out}, source: inputFile{source, c.in}}, nil
	}, c.progress)
}

// An inputFile names itself in its errors, but for ErrChanged, which the mapping
// finds too.
type inputFile struct {
	source
	path string
}

func (f inputFile) Read(buf, part []byte) ([]byte, error) {
	got, err := f.source.Read(buf, part)
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

// classify says which file an error of convert is about.
func (c *conversion) classify(err error) error {
	var file *FileError
	var fault *mapping.Fault
	switch {
	case errors.As(err, &file), errors.Is(err, ErrOptions):
		return err
	case errors.Is(err, ErrChanged):
		return &FileError{c.in, err, ErrRead}
	case errors.As(err, &fault):
		return &FileError{c.in, fmt.Errorf("the disk failed while it was read, or while %s was written: %w", c.out, err), ErrRead}
	}
	return fmt.Errorf("%s: %w", c.in, err)
}
