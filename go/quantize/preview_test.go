package quantize

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// longRows is a model of weights in rows whose sums runtimes add wrongly: of several parts,
// which end inside of rows, and of one.
func longRows() *synthetic.Model {
	m := synthetic.New()
	for _, rows := range []int32{40, 2} {
		y := m.Tensor(1, rows)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1, 5000), m.Weights([]int32{rows, 5000}, 1), -1}, y)
		m.Output(y)
	}
	return m
}

// Encoded data are told of as they are made: every byte of the file once, and where it is.
func TestEncodedDataAreTold(t *testing.T) {
	sample, err := tflite.Read(synthetic.SampleFile())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*tflite.ModelT{sample, &longRows().ModelT} {
		for _, o := range []Options{{}, {Rounding: PreservedSums}, {BufferType: Float16}} {
			r := newRun(nil)
			var mu sync.Mutex
			var p *Plan
			told := map[int32][]byte{}
			r.planned = func(planned *Plan) { p = planned }
			r.stored = func(encoded int32) func(int, []byte) {
				return func(first int, data []byte) {
					mu.Lock()
					defer mu.Unlock()
					e := p.Encoded[encoded].Encoding
					if told[encoded] == nil {
						told[encoded] = make([]byte, e.Len())
					}
					for i, b := range data {
						told[encoded][first*(e.Len()/e.Values())+i] += b
					}
				}
			}
			var file []byte
			err := write(m, o, r, func(size int64) (stream.Target, stream.Input, error) {
				file = make([]byte, size)
				return stream.Target{Memory: file}, nil, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			made, err := tflite.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range p.Encoded {
				if !bytes.Equal(told[int32(i)], made.Buffers[e.Buffer].Data) {
					t.Errorf("%+v: encoded data %d are told of in another way than they are in the file", o, i)
				}
			}
		}
	}
}

// What is foretold is what is done, also where the model stays.
func TestPreviewsAreTrue(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "m.tflite"), filepath.Join(dir, "out.tflite")
	padded := append(synthetic.SampleFile(), make([]byte, 9000)...)
	for _, c := range []struct {
		file    []byte
		options Options
		run     []RunOption
	}{
		{synthetic.SampleFile(), Options{}, nil},
		{synthetic.SampleFile(), Options{BufferType: Float16}, []RunOption{KeepUnlessSmaller()}},
		{synthetic.SampleFile(), Options{MinElements: 10000}, nil},
		{synthetic.SampleFile(), Options{MinElements: 10000}, []RunOption{KeepUnlessSmaller()}},
		{padded, Options{}, []RunOption{KeepUnlessSmaller()}},
		{append(synthetic.SampleFile(), "labels"...), Options{}, nil},
		{longRows().Bytes(), Options{}, nil},
	} {
		if err := os.WriteFile(in, c.file, 0o644); err != nil {
			t.Fatal(err)
		}
		var got *report.Report
		err := Preview(in, c.options, func(_ *Plan, r *report.Report) error {
			got = r
			return nil
		}, c.run...)
		if err != nil {
			t.Fatal(err)
		}
		if got.Seconds.Total() != 0 {
			t.Errorf("a preview took %v", got.Seconds)
		}
		want, err := File(in, out, c.options, c.run...)
		if err != nil {
			t.Fatal(err)
		}
		ignore := cmp.Options{cmpopts.IgnoreFields(report.Report{}, "Seconds"), cmpopts.IgnoreFields(report.File{}, "Path"), cmpopts.IgnoreUnexported(report.Summary{}, report.Group{}, report.Repair{})}
		if d := cmp.Diff(want, got, ignore); d != "" {
			t.Errorf("%+v: %s", c.options, d)
		}
	}
	stop := errors.New("stop")
	if err := Preview(in, Options{}, func(*Plan, *report.Report) error { return stop }); err != stop {
		t.Error(err)
	}
	if err := os.WriteFile(in, []byte("no model"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Preview(in, Options{}, nil); !errors.Is(err, tflite.ErrFormat) {
		t.Error(err)
	}
	if err := Preview(filepath.Join(dir, "none"), Options{}, nil); !errors.Is(err, ErrRead) {
		t.Error(err)
	}
}
