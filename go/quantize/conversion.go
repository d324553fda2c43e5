package quantize

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
)

// A conversion makes the new file of one model.
type conversion struct {
	in        string // of errors
	source    *mapping.File
	data      []byte // the model's file, a part of source
	quantizer Quantizer
	run       *run
	// begin says how large the new file is; again for another one in its place.
	begin  func(size int64) (io.WriterAt, error)
	began  time.Time // the step that is timed
	report report.Report
}

func newConversion(source *mapping.File, in, out string, q Quantizer, options []RunOption) *conversion {
	c := &conversion{in: in, source: source, quantizer: q, run: newRun(options), began: time.Now()}
	c.report.Version = report.Version
	c.report.Input.Path, c.report.Output.Path = in, out
	return c
}

// lap returns the seconds since it was called last.
func (c *conversion) lap() float64 {
	now := time.Now()
	d := now.Sub(c.began)
	c.began = now
	return d.Seconds()
}

// errUnchanged ends the making of a file that is not to be made.
var errUnchanged = errors.New("the model stays as it is")

// convert makes the new file, or copies the old one.
func (c *conversion) convert() error {
	m, size, err := read(c.data)
	if err != nil {
		return err
	}
	c.report.Seconds.Read = c.lap()
	return c.make(m, size)
}

// make is convert for a model that is read and has size bytes.
func (c *conversion) make(m *tflite.ModelT, size int64) error {
	after := readAppended(c.data, size)
	c.describe(after)
	var out io.WriterAt
	var err error
	var p *Plan
	c.run.planned = func(planned *Plan) {
		p = planned
		c.report.Summary = report.Summarize(p)
		c.run.stored = c.report.Adder
		c.report.Seconds.Plan += c.lap()
	}
	err = write(m, c.quantizer, c.run, func(size int64) (stream.Target, stream.Input, error) {
		if err := c.decide(p, after, size); err != nil {
			return stream.Target{}, nil, err
		}
		out, err = c.begin(c.report.Output.Bytes)
		return stream.Target{File: out}, inputFile{c.source, c.in}, err
	})
	switch {
	case err == errUnchanged:
		return c.copy()
	case err != nil:
		return err
	}
	if err := c.report.Warn(c.run.ctx, p); err != nil || c.report.Output.AppendedBytes == 0 {
		return err
	}
	return c.append(out, after)
}

// describe says what the file holds.
func (c *conversion) describe(after *appended) {
	c.report.Input.Bytes = int64(len(c.data))
	c.report.Input.ModelBytes, c.report.Input.AppendedBytes = after.at, int64(len(after.data))
	c.report.AppendedFiles = after.names()
}

// decide sets the sizes of a new file whose model has size bytes. The error says that
// it is not to be made.
func (c *conversion) decide(p *Plan, after *appended, size int64) error {
	out := &c.report.Output
	out.Bytes, out.ModelBytes, out.AppendedBytes = size, size, 0
	if p.KeepAppended && len(after.data) > 0 {
		out.Bytes = after.place(size) + int64(len(after.data))
		out.AppendedBytes = out.Bytes - size
	}
	if len(p.Encoded) > 0 && (out.Bytes < c.report.Input.Bytes || p.Larger && !c.run.requireSmaller) {
		return nil
	}
	if c.run.requireSmaller {
		c.report.SetUnchanged(p, out.Bytes)
		return &notSmaller{c.report.Unchanged}
	}
	if c.run.keepUnlessSmaller {
		c.report.SetUnchanged(p, out.Bytes)
		return errUnchanged
	}
	return nil
}

type notSmaller struct{ why string }

func (e *notSmaller) Error() string { return ErrNotSmaller.Error() + ": " + e.why }
func (e *notSmaller) Unwrap() error { return ErrNotSmaller }

// append writes what follows the model.
func (c *conversion) append(out io.WriterAt, after *appended) error {
	to := after.place(c.report.Output.ModelBytes)
	if pad := to - c.report.Output.ModelBytes; pad > 0 {
		if _, err := out.WriteAt(make([]byte, pad), c.report.Output.ModelBytes); err != nil {
			return err
		}
	}
	parts, err := after.moved(to - after.at)
	if err != nil {
		return err
	}
	c.report.Repairs = append(slices.Clip(c.report.Repairs), after.repair())
	for _, part := range parts {
		if err := c.put(out, part, to); err != nil {
			return err
		}
		to += int64(len(part))
	}
	return nil
}

// copy gives the new file what the old one has.
func (c *conversion) copy() error {
	out, err := c.begin(int64(len(c.data)))
	if err != nil {
		return err
	}
	return c.put(out, c.data, 0)
}

// copied is how many bytes are copied at once.
const copied = 256 << 10

// put writes bytes that may be mapped.
func (c *conversion) put(out io.WriterAt, data []byte, at int64) error {
	return putAll(c.run.ctx, inputFile{c.source, c.in}, out, data, at)
}
