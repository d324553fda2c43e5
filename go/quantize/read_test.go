package quantize

import (
	"errors"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A model that is another one when it is read again, which is done after an error,
// is one that changes.
func TestBytesThatChangeUnderTheReaderAreNoInvalidModel(t *testing.T) {
	valid, err := tflite.Write(&tflite.ModelT{Version: 3, Buffers: []*tflite.BufferT{{}}})
	if err != nil {
		t.Fatal(err)
	}
	cut, empty := valid[:len(valid)-4], []byte{}
	for name, c := range map[string]struct {
		first, second []byte
		want          error
	}{
		"valid":              {valid, empty, nil},
		"invalid":            {cut, cut, tflite.ErrFormat},
		"valid again":        {cut, valid, ErrChanged},
		"invalid, elsewhere": {cut, empty, ErrChanged},
	} {
		reads := [][]byte{c.first, c.second}
		_, _, err := readSteady(func() (*tflite.ModelT, int64, error) {
			data := reads[0]
			reads = reads[1:]
			return tflite.ReadPrefix(data)
		})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: the error is %v, want %v", name, err, c.want)
		}
	}
	noticed := &tflite.FormatError{Reason: tflite.ErrChanged.Error()}
	if _, _, err := readSteady(func() (*tflite.ModelT, int64, error) { return nil, 0, noticed }); err != ErrChanged {
		t.Errorf("noticed at once: the error is %v, want %v", err, ErrChanged)
	}
}
