package tflite_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/tflitetest"
)

// Whatever the bytes, reading gives a model or an error that matches ErrFormat;
// and a model that was read can be written, read again, and written to the same
// bytes.
func FuzzRead(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(tflitetest.Random(seed))
	}
	f.Add([]byte("TFL3TFL3TFL3"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := tflite.Read(data)
		if err != nil {
			if !errors.Is(err, tflite.ErrFormat) {
				t.Fatalf("%v does not match ErrFormat", err)
			}
			return
		}
		once, err := tflite.Write(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := tflite.Read(once)
		if err != nil {
			t.Fatalf("what was written is refused: %v", err)
		}
		twice, err := tflite.Write(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once, twice) {
			t.Fatal("written twice, the bytes differ")
		}
	})
}
