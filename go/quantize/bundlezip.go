package quantize

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/internal/archive"
	"github.com/tflite-quantize/tflite-quantize/internal/sniff"
)

// zip writes the new zip of one, and returns its size.
func (w *writing) zip(data []byte, deep int) (int64, error) {
	zip, err := archive.Read(data)
	if err != nil {
		return 0, fmt.Errorf("%w: %s%w", ErrBundle, w.folder, err)
	}
	r := rewriting{writing: w, zip: zip, directory: zip.NewDirectory(zip.Base), deep: deep}
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
			return 0, fmt.Errorf("%w: %s%s lies in another member", ErrBundle, w.folder, m.Name)
		}
		if err := r.between(data[end:m.Header]); err != nil {
			return 0, err
		}
		if err := r.member(i); err != nil {
			return 0, err
		}
		if err := r.checkSize(m.Name); err != nil {
			return 0, err
		}
		end = m.End()
	}
	if err := r.between(data[end:zip.Directory()]); err != nil {
		return 0, err
	}
	if err := r.directory.Finish(r.at); err != nil {
		return 0, err
	}
	_, err = w.w.WriteAt(r.directory.Bytes, r.at)
	return r.at + int64(len(r.directory.Bytes)), err
}

// A rewriting is that of one zip.
type rewriting struct {
	*writing
	zip       *archive.Archive
	directory *archive.Directory
	replaced  bool // the member before has another content
	deep      int  // how many bundles may still be in each other
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
	content := roundUp(r.at+m.HeaderLen(), align)
	header := content - m.HeaderLen()
	if err := r.pad(header); err != nil {
		return err
	}
	if err := r.directory.SetHeader(i, header); err != nil {
		return err
	}
	r.replaced = model || nested
	if !r.replaced {
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
