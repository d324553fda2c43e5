package quantize

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

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
