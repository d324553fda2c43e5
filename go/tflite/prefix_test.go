package tflite_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// Where a model ends is known to the byte, whatever follows.
func TestPrefixesEndWhereTheModelEnds(t *testing.T) {
	inside := synthetic.SampleFile()
	packed, err := tflite.Layout{Inside: 8000}.Pack(synthetic.Sample())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"inside": inside, "outside": packed.Bytes()}
	for n := range 17 {
		text := strings.Repeat("a", n)
		if files["without data"+text], err = tflite.Write(&tflite.ModelT{Version: 3, Description: text}); err != nil {
			t.Fatal(err)
		}
	}
	for name, file := range files {
		for _, after := range []string{"", "x", "PK\x03\x04", "\x01\x00\x00\x00"} {
			m, size, err := tflite.ReadPrefix(slices.Concat(file, []byte(after)))
			if err != nil {
				t.Fatal(name, err)
			}
			if size != int64(len(file)) {
				t.Errorf("%s, %q: the model ends at %d, want %d", name, after, size, len(file))
			}
			again, err := tflite.Read(file)
			if err != nil || m.Description != again.Description || len(m.Buffers) != len(again.Buffers) {
				t.Errorf("%s, %q: another model", name, after)
			}
		}
		if _, size, err := tflite.ReadPrefix(append(bytes.Clone(file), make([]byte, 100)...)); err != nil || size > int64(len(file))+16 {
			t.Errorf("%s: zeros are taken for the model: %d of %d, %v", name, size, len(file), err)
		}
	}
}
