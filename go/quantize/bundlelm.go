package quantize

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/internal/archive"
	"github.com/tflite-quantize/tflite-quantize/internal/litertlm"
	"github.com/tflite-quantize/tflite-quantize/internal/sniff"
)

// sections writes the new file of a LiteRT-LM file, and returns its size.
func (w *writing) sections(data []byte) (int64, error) {
	file, err := litertlm.Read(data)
	if err != nil {
		return 0, fmt.Errorf("%w: %s%w", ErrBundle, w.folder, err)
	}
	header := file.NewHeader()
	w.at = int64(len(header.Bytes))
	end := w.at // of what is done, in the old file
	for _, i := range file.InOrder() {
		s := &file.Sections[i]
		if err := w.apart(data[end:s.Begin]); err != nil {
			return 0, err
		}
		if err := w.pad(roundUp(w.at, litertlm.Block)); err != nil {
			return 0, err
		}
		begin := w.at
		if err := w.section(s, s.Name(i), data[s.Begin:s.End]); err != nil {
			return 0, err
		}
		header.Move(i, begin, w.at)
		end = s.End
	}
	if err := w.apart(data[end:]); err != nil {
		return 0, err
	}
	if len(data)%litertlm.Block == 0 {
		if err := w.pad(roundUp(w.at, litertlm.Block)); err != nil {
			return 0, err
		}
	}
	if err := header.Check(w.at); err != nil {
		return 0, fmt.Errorf("%w: %s%w", ErrBundle, w.folder, err)
	}
	_, err = w.w.WriteAt(header.Bytes, 0)
	return w.at, err
}

// apart copies what lies between sections, or behind them. Zeros align what follows,
// which is done anew.
func (w *writing) apart(data []byte) error {
	if isZero(data) {
		return nil
	}
	return w.copy(data)
}

func (w *writing) section(s *litertlm.Section, name string, data []byte) error {
	if s.Type != litertlm.Model || !sniff.IsModel(data) {
		return w.copy(data)
	}
	size, err := w.model(w.folder+name, data, archive.NewSection(w.w, w.at))
	w.at += size
	if err != nil {
		return err
	}
	return w.checkSize(name)
}

func viewSections(folder string, data []byte, f func(name string, data []byte) error) error {
	file, err := litertlm.Read(data)
	if err != nil {
		return nil // no bundle
	}
	for i := range file.Sections {
		s := &file.Sections[i]
		if part := data[s.Begin:s.End]; s.Type == litertlm.Model && sniff.IsModel(part) {
			if err := f(folder+s.Name(i), part); err != nil {
				return err
			}
		}
	}
	return nil
}
