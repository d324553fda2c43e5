package tflite_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/memorytest"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/seeds"
)

// Whatever the bytes, reading gives a model or an error that matches ErrFormat;
// and a model that was read can be written, read again, and written to the same
// bytes. Memory stays within a multiple of the file.
func FuzzRead(f *testing.F) {
	for _, seed := range seeds.All() {
		f.Add(seed)
	}
	f.Add([]byte("TFL3TFL3TFL3"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m *tflite.ModelT
		var err error
		var once []byte
		memorytest.Expect(t, len(data), func() {
			if m, err = tflite.Read(data); err == nil {
				once, err = tflite.Write(m)
			}
		})
		switch {
		case m == nil && !errors.Is(err, tflite.ErrFormat):
			t.Fatalf("%v does not match ErrFormat", err)
		case m == nil && errors.Is(err, tflite.ErrChanged):
			t.Fatal("unpacking finds what verifying has not, and nobody writes to the bytes")
		case m == nil:
			return
		case err != nil:
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

// A model that is written with its data after the FlatBuffer reads as it was.
func FuzzOutside(f *testing.F) {
	for _, seed := range seeds.All() {
		f.Add(seed, uint16(64))
	}
	f.Fuzz(func(t *testing.T, data []byte, inside uint16) {
		m, err := tflite.Read(data)
		if err != nil {
			return
		}
		p, err := tflite.Layout{Inside: int64(inside)}.Pack(m)
		if err != nil {
			if !errors.Is(err, tflite.ErrTooLarge) {
				t.Fatalf("%v does not match ErrTooLarge", err)
			}
			return
		}
		file := p.Bytes()
		again, err := tflite.Read(file)
		if err != nil {
			t.Fatalf("what was written is refused: %v", err)
		}
		if len(again.Buffers) < len(m.Buffers) {
			t.Fatalf("%d buffers are left of %d", len(again.Buffers), len(m.Buffers))
		}
		for i, b := range m.Buffers {
			if !bytes.Equal(again.Buffers[i].Data, b.Data) {
				t.Fatalf("the data of buffer %d differ", i)
			}
		}
	})
}
