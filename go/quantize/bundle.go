package quantize

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/archive"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/internal/sniff"
)

// ErrBundle matches errors for a file that is no zip of stored models.
var ErrBundle = errors.New("not a bundle of TFLite models")

// Bundle is File for a zip that stores models as they are, such as a .task file of
// MediaPipe: each of them is quantized, also in such zips inside. All else stays, in
// its order. The content of what is stored begins at a multiple of the power of two,
// up to 64, that it began at a multiple of, and a model at one of 4 at least.
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

// rewrite writes the new zip of one, and returns its size.
func (b *bundling) rewrite(folder string, data []byte, w io.WriterAt, deep int) (int64, error) {
	zip, err := archive.Read(data)
	if err != nil {
		return 0, fmt.Errorf("%w: %s%w", ErrBundle, folder, err)
	}
	r := rewriting{bundling: b, folder: folder, zip: zip, directory: zip.NewDirectory(zip.Base), w: w, deep: deep}
	if err := r.copy(data[:zip.Base]); err != nil {
		return 0, err
	}
	end := zip.Base // of what is done, in the old zip
	order := make([]int, len(zip.Members))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(zip.Members[i].Header, zip.Members[j].Header) })
	for _, i := range order {
		m := &zip.Members[i]
		if m.Header < end {
			return 0, fmt.Errorf("%w: %s%s lies in another member", ErrBundle, folder, m.Name)
		}
		if err := r.between(data[end:m.Header]); err != nil {
			return 0, err
		}
		if err := r.member(i); err != nil {
			return 0, err
		}
		if most := mostOfBundle(len(b.source.Data)); r.at > most {
			return 0, plan.ModelError(folder+m.Name, "with it the new bundle has more than %d bytes, %d times those of the old one and %d more: its models are too small for what they become", most, plan.GrowthTimes+1, plan.GrowthFree)
		}
		end = m.End()
	}
	if err := r.between(data[end:zip.Directory()]); err != nil {
		return 0, err
	}
	if err := r.directory.Finish(r.at); err != nil {
		return 0, err
	}
	_, err = w.WriteAt(r.directory.Bytes, r.at)
	return r.at + int64(len(r.directory.Bytes)), err
}

// mostOfBundle is how large a bundle can become: what is allowed to each model is not
// to add up over many small ones.
func mostOfBundle(size int) int64 { return (plan.GrowthTimes+1)*int64(size) + plan.GrowthFree }

// A rewriting is that of one zip.
type rewriting struct {
	*bundling
	folder    string // the zip's name with a slash, "" for the outermost
	zip       *archive.Archive
	directory *archive.Directory
	w         io.WriterAt
	at        int64 // where the new zip goes on
	replaced  bool  // the member before has another content
	deep      int   // how many zips may still be in each other
}

func (r *rewriting) copy(data []byte) error {
	err := putAll(r.run.ctx, inputFile{r.source, r.in}, r.w, data, r.at)
	r.at += int64(len(data))
	return err
}

// between copies what lies between members. Zeros align what follows, which is done
// anew, and after a new content sizes and checksum stand in its header alone.
func (r *rewriting) between(data []byte) error {
	if r.replaced || isZero(data) {
		return nil
	}
	return r.copy(data)
}

// Alignments of stored members.
const (
	mostAligned  = 64
	modelAligned = 4 // as MediaPipe writes them
)

func (r *rewriting) member(i int) error {
	m := &r.zip.Members[i]
	model := m.Stored && sniff.IsModel(m.Data)
	nested := m.Stored && !model && r.deep > 1 && sniff.IsBundle(m.Data)
	align := int64(1)
	if m.Stored {
		align = m.Alignment(mostAligned)
	}
	if model {
		align = max(align, modelAligned)
	}
	content := (r.at + m.HeaderLen() + align - 1) / align * align
	header := content - m.HeaderLen()
	if header > r.at {
		if _, err := r.w.WriteAt(make([]byte, header-r.at), r.at); err != nil {
			return err
		}
	}
	if err := r.directory.SetHeader(i, header); err != nil {
		return err
	}
	r.replaced = model || nested
	if !r.replaced {
		r.at = header
		return r.copy(r.zip.Whole(m))
	}
	section := archive.NewSection(r.w, content)
	name := r.folder + m.Name
	var size int64
	var err error
	if model {
		size, err = r.model(name, m.Data, section)
	} else {
		size, err = r.rewrite(name+"/", m.Data, section, r.deep-1)
	}
	if err != nil {
		return err
	}
	return r.replace(i, header, content, size, section.Sum())
}

func (r *rewriting) replace(i int, header, content, size int64, crc uint32) error {
	local, err := r.zip.LocalHeader(i, size, crc)
	if err != nil {
		return err
	}
	if err := r.directory.SetContent(i, size, crc); err != nil {
		return err
	}
	r.at = content + size
	_, err = r.w.WriteAt(local, header)
	return err
}

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
