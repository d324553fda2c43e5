package quantize

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/archive"
	"github.com/tflite-quantize/tflite-quantize/internal/litertlm"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/internal/sniff"
)

// ErrBundle matches errors for a file that is no zip of stored models, and no LiteRT-LM
// file with models.
var ErrBundle = errors.New("not a bundle of TFLite models")

// Bundle is File for a zip that stores models as they are, such as a .task file of
// MediaPipe: each of them is quantized, also in such zips inside. All else stays, in
// its order. The content of what is stored begins at a multiple of the power of two,
// up to 64, that it began at a multiple of, and a model at one of 4 at least.
//
// A LiteRT-LM file is a bundle as well. Its sections begin at multiples of 16384, and its
// header changes in their places alone.
//
// The error is one of File's, or matches ErrBundle.
func Bundle(in, out string, q Quantizer, options ...RunOption) (*report.Bundle, error) {
	if err := checkQuantizer(q); err != nil {
		return nil, err
	}
	source, err := mapping.Open(in)
	if err != nil {
		return nil, &FileError{in, err, ErrRead}
	}
	defer source.Close()
	file, err := output.Create(out)
	if err != nil {
		return nil, &FileError{out, err, ErrWrite}
	}
	defer file.Abort()
	b := bundling{in: in, out: out, source: source, quantizer: q, options: options, run: newRun(options)}
	err = use(source, func() error { return b.make(file) })
	if err != nil {
		return nil, classify(err, b.run.ctx, in, out)
	}
	if err := file.Commit(); err != nil {
		return nil, &FileError{out, err, ErrWrite}
	}
	return &b.report, nil
}

// A bundling is one call of Bundle.
type bundling struct {
	in, out   string
	source    *mapping.File
	quantizer Quantizer
	options   []RunOption // of each model
	run       *run
	report    report.Bundle
}

func (b *bundling) make(file *output.File) error {
	data := b.source.Data
	if err := checkBundle(data); err != nil {
		return err
	}
	w := outputFile{file, b.out}
	size, err := b.rewrite("", data, w, sniff.Deepest)
	if err != nil {
		return err
	}
	unchanged := b.unchanged()
	if b.run.requireSmaller && (unchanged || size >= int64(len(data))) {
		return &notSmaller{fmt.Sprintf("of %d models, %d would be smaller", len(b.report.Models), b.smaller())}
	}
	if unchanged {
		if err := putAll(b.run.ctx, inputFile{b.source, b.in}, w, data, 0); err != nil {
			return err
		}
		size = int64(len(data))
	}
	b.report.Input = report.File{Path: b.in, Bytes: int64(len(data)), ModelBytes: b.sum(func(r *report.Report) int64 { return r.Input.Bytes })}
	b.report.Output = report.File{Path: b.out, Bytes: size, ModelBytes: b.sum(func(r *report.Report) int64 { return r.Output.Bytes })}
	return file.Truncate(size)
}

func checkBundle(data []byte) error {
	if compressed := sniff.Compressed(data); len(compressed) > 0 {
		return fmt.Errorf("%w: %s is compressed, and cannot be mapped", ErrBundle, compressed[0])
	}
	if !sniff.IsBundle(data) {
		return ErrBundle
	}
	return nil
}

// unchanged reports whether all models stay as they are.
func (b *bundling) unchanged() bool {
	return !slices.ContainsFunc(b.report.Models, func(r *report.Report) bool { return r.Unchanged == "" })
}

// smaller counts the models that are smaller than they were.
func (b *bundling) smaller() (n int) {
	for _, r := range b.report.Models {
		if r.Output.Bytes < r.Input.Bytes {
			n++
		}
	}
	return n
}

func (b *bundling) sum(f func(*report.Report) int64) (n int64) {
	for _, r := range b.report.Models {
		n += f(r)
	}
	return n
}

// rewrite writes the new bundle of one, and returns its size.
func (b *bundling) rewrite(folder string, data []byte, w io.WriterAt, deep int) (int64, error) {
	to := writing{bundling: b, folder: folder, w: w}
	if litertlm.Is(data) {
		return to.sections(data)
	}
	return to.zip(data, deep)
}

// A writing is that of one bundle.
type writing struct {
	*bundling
	folder string // the bundle's name with a slash, "" for the outermost
	w      io.WriterAt
	at     int64 // where it goes on
}

func (w *writing) copy(data []byte) error {
	err := putAll(w.run.ctx, inputFile{w.source, w.in}, w.w, data, w.at)
	w.at += int64(len(data))
	return err
}

// pad writes zeros up to a place.
func (w *writing) pad(to int64) error {
	if to == w.at {
		return nil
	}
	_, err := w.w.WriteAt(make([]byte, to-w.at), w.at)
	w.at = to
	return err
}

// checkSize is an error where the bundle becomes too large with a model: what is allowed
// to each is not to add up over many small ones.
func (w *writing) checkSize(name string) error {
	const times = plan.GrowthTimes + 1
	if most := times*int64(len(w.source.Data)) + plan.GrowthFree; w.at > most {
		return plan.ModelError(w.folder+name, "with it the new bundle has more than %d bytes, %d times those of the old one and %d more: its models are too small for what they become", most, times, plan.GrowthFree)
	}
	return nil
}

func roundUp(n, to int64) int64 { return (n + to - 1) / to * to }

// model writes the new file of a model, and returns its size.
func (b *bundling) model(name string, data []byte, section *archive.Section) (int64, error) {
	c := newConversion(b.source, b.in, b.out, b.quantizer, b.options)
	c.run.requireSmaller = false // but of the whole
	c.data, c.report.Member = data, name
	c.begin = func(int64) (io.WriterAt, error) {
		section.Cut(0)
		return section, nil
	}
	if err := c.convert(); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	c.report.Seconds.Write = c.lap()
	b.report.Models = append(b.report.Models, &c.report)
	return c.report.Output.Bytes, nil
}

// ViewBundle is View for each model of a bundle, by its name in the bundle.
func ViewBundle(path string, f func(member string, m *tflite.ModelT) error) error {
	return viewFile(path, func(data []byte) error {
		if err := checkBundle(data); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return viewMembers("", data, sniff.Deepest, func(name string, data []byte) error {
			m, _, err := read(data)
			if err != nil {
				return naming(path+": "+name, err)
			}
			return f(name, m)
		})
	})
}

func viewMembers(folder string, data []byte, deep int, f func(name string, data []byte) error) error {
	if litertlm.Is(data) {
		return viewSections(folder, data, f)
	}
	zip, err := archive.Read(data)
	if err != nil || deep == 0 {
		return nil // no bundle
	}
	for _, m := range zip.Members {
		switch {
		case !m.Stored:
		case sniff.IsModel(m.Data):
			err = f(folder+m.Name, m.Data)
		default:
			err = viewMembers(folder+m.Name+"/", m.Data, deep-1, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
