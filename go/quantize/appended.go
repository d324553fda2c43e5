package quantize

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/archive"
)

// Appended bytes are what follows the model in its file: a zip with labels or a
// vocabulary, or anything else.
type appended struct {
	at   int64 // where they begin
	data []byte
	zip  *archive.Archive // nil where they are no zip
}

// appendedAlign: appended bytes keep their places modulo this, so that what is
// aligned stays so.
const appendedAlign = 64

// readAppended looks at what follows a model of size bytes. Zeros alone are padding
// of whatever the model was taken from, and belong to the model.
func readAppended(file []byte, size int64) *appended {
	a := &appended{at: size, data: file[size:]}
	if isZero(a.data) {
		return &appended{at: int64(len(file))}
	}
	zip, err := archive.Read(file)
	if err != nil || zip.Directory() < size {
		return a
	}
	for i := range zip.Members {
		if zip.Members[i].Header < size {
			return a
		}
	}
	a.zip = zip
	return a
}

func isZero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

// place returns where the bytes go after a model of size bytes.
func (a *appended) place(size int64) int64 {
	return size + (a.at-size%appendedAlign+appendedAlign)%appendedAlign
}

// moved returns the bytes, in parts, for a place that is that much further.
func (a *appended) moved(by int64) ([][]byte, error) {
	if a.zip == nil {
		return [][]byte{a.data}, nil
	}
	directory, err := a.zip.Moved(by)
	if err != nil {
		return nil, err
	}
	return [][]byte{a.data[:a.zip.Directory()-a.at], directory}, nil
}

// names lists the files in the zip.
func (a *appended) names() []string {
	if a.zip == nil {
		return nil
	}
	var names []string
	for _, m := range a.zip.Members {
		names = append(names, m.Name)
	}
	return names
}

// namesShown is how many files a sentence names.
const namesShown = 5

func (a *appended) repair() report.Repair {
	what := fmt.Sprintf("the %d bytes after the model stay", len(a.data))
	if names := a.names(); len(names) > 0 {
		shown := strings.Join(names[:min(len(names), namesShown)], ", ")
		if more := len(names) - namesShown; more > 0 {
			shown += fmt.Sprintf(" and %d more", more)
		}
		what = "the zip after the model stays, with " + shown
	}
	return report.Repair{Name: repair.AppendedFiles, Places: []report.Place{{Subgraph: -1, Tensor: -1, What: what}}}
}

// putAll writes bytes that may be mapped.
func putAll(ctx context.Context, in stream.Input, out io.WriterAt, data []byte, at int64) error {
	buf := make([]byte, min(copied, len(data)))
	for len(data) > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n := min(copied, len(data))
		part, err := in.Read(buf, data[:n])
		if err != nil {
			return err
		}
		if _, err := out.WriteAt(part, at); err != nil {
			return err
		}
		in.Forget(data[:n])
		data, at = data[n:], at+int64(n)
	}
	return nil
}
