package quantize_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/tflitetest"
)

// fuzzOptions are options by number, so that a fuzzer can choose them.
func fuzzOptions(n uint8) quantize.Options {
	o := quantize.Options{MinElements: uint64(n>>4) + 1}
	if n&1 != 0 {
		o.BufferType = quantize.Float16
	}
	if n&2 != 0 {
		o.Scheme = quantize.Legacy
	}
	o.NoHybrid = n&4 != 0
	if n&8 != 0 {
		o.OpDenylist = []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorLSTM}
	}
	return o
}

// Whatever the model, quantizing it gives a file that is a model, twice the
// same, or an error that matches ErrModel.
func FuzzBytes(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(tflitetest.Random(seed), uint8(seed*37))
	}
	f.Fuzz(func(t *testing.T, data []byte, options uint8) {
		m, err := tflite.Read(data)
		if err != nil {
			return
		}
		o := fuzzOptions(options)
		out, err := quantize.Bytes(m, o)
		if err != nil {
			if !errors.Is(err, quantize.ErrModel) {
				t.Fatalf("%v does not match ErrModel", err)
			}
			return
		}
		if _, err := tflite.Read(out); err != nil {
			t.Fatalf("the new file is refused: %v", err)
		}
		again, err := quantize.Bytes(m, o)
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("a second run gives another file (error %v)", err)
		}
	})
}
