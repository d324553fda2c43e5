package quantize

import (
	"errors"
	"fmt"
	"time"

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
// of Weights, or matches tflite.ErrFormat, or is that of the context.
func File(in, out string, q Quantizer, options ...RunOption) (*report.Report, error) {
	if err := checkQuantizer(q); err != nil {
		return nil, err
	}
	c := conversion{in: in, out: out, quantizer: q, run: newRun(options), began: time.Now()}
	c.report.Input.Path, c.report.Output.Path = in, out
	source, err := mapping.Open(in)
	if err != nil {
		return nil, &FileError{in, err, ErrRead}
	}
	defer source.Close()
	c.output = prepare(out, leastBytes(q, int64(len(source.Data))))
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
	c.report.Seconds.Write = c.lap()
	return &c.report, nil
}

// A conversion is one call of File.
type conversion struct {
	in, out   string
	quantizer Quantizer
	run       *run
	began     time.Time // the step that is timed
	output    *preparation
	report    report.Report
}

// lap returns the seconds since it was called last.
func (c *conversion) lap() float64 {
	now := time.Now()
	d := now.Sub(c.began)
	c.began = now
	return d.Seconds()
}

// convert does everything but giving the output its name.
func (c *conversion) convert(source *mapping.File) error {
	m, err := tflite.Read(source.Data)
	if err != nil {
		return err
	}
	c.report.Seconds.Read = c.lap()
	c.report.Input.Bytes = int64(len(source.Data))
	c.run.planned = func(p *Plan) {
		c.report.Summary = report.Summarize(p)
		c.report.Seconds.Plan += c.lap()
	}
	return write(m, c.quantizer, c.run, func(size int64) (stream.Target, stream.Input, error) {
		c.report.Output.Bytes = size
		file, err := c.output.take(size)
		if err != nil {
			return stream.Target{}, nil, &FileError{c.out, err, ErrWrite}
		}
		return stream.Target{File: outputFile{file, c.out}}, inputFile{source, c.in}, nil
	})
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

// classify says which file an error of convert is about.
func (c *conversion) classify(err error) error {
	var file *FileError
	var fault *mapping.Fault
	switch {
	case errors.As(err, &file), errors.Is(err, ErrOptions), c.run.ctx.Err() != nil:
		return err
	case errors.Is(err, ErrChanged):
		return &FileError{c.in, err, ErrRead}
	case errors.As(err, &fault):
		return &FileError{c.in, fmt.Errorf("the disk failed while it was read, or while %s was written: %w", c.out, err), ErrRead}
	}
	return fmt.Errorf("%s: %w", c.in, err)
}
