package tflite_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/random"
)

// What was written reads back as the same objects, and writes to the same bytes.
func TestWriteReadRoundTrip(t *testing.T) {
	for seed := range uint64(2000) {
		in := random.Model(seed)
		m, err := tflite.Read(in)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		out, err := tflite.Write(m)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		again, err := tflite.Read(out)
		if err != nil {
			t.Fatalf("seed %d: written: %v", seed, err)
		}
		twice, err := tflite.Write(again)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !bytes.Equal(out, twice) {
			t.Fatalf("seed %d: written, read and written again, the bytes differ", seed)
		}
	}
}

// Every prefix of a model is refused, with an error that can be matched.
func TestTruncated(t *testing.T) {
	whole := random.Model(3)
	for n := range whole {
		if _, err := tflite.Read(whole[:n:n]); err == nil {
			continue // what was cut off may have been padding or unknown fields
		} else if !errors.Is(err, tflite.ErrFormat) {
			t.Fatalf("%d bytes: %v does not match ErrFormat", n, err)
		}
	}
	_, err := tflite.Read(whole[:len(whole)/2])
	if err == nil {
		t.Fatal("half a model was accepted")
	}
}

func TestErrorNamesThePlace(t *testing.T) {
	var form *tflite.FormatError
	_, err := tflite.Read([]byte("a text file, not a model"))
	if !errors.As(err, &form) || form.Path != "" {
		t.Errorf("got %v, want a FormatError of the file itself", err)
	}
	if diff := cmp.Diff(`invalid identifier "xt f" in bytes 4 to 7: want "TFL3"`, form.Reason); diff != "" {
		t.Error(diff)
	}
}
