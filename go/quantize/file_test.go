package quantize

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func sampleFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.tflite")
	if err := os.WriteFile(path, synthetic.SampleFile(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func expectBytes(t *testing.T, o Options) []byte {
	t.Helper()
	want, err := Bytes(synthetic.Sample(), o)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

func expectFile(t *testing.T, path string, want []byte) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes (%v), want other %d", filepath.Base(path), len(got), err, len(want))
	}
}

func TestFileGivesTheBytesOfBytes(t *testing.T) {
	for _, o := range []Options{{}, {BufferType: Float16}, {Scheme: Legacy, MinElements: 1}} {
		in := sampleFile(t)
		for _, out := range []string{filepath.Join(t.TempDir(), "out.tflite"), in} { // the last: into itself
			r, err := File(in, out, o)
			if err != nil {
				t.Fatal(err)
			}
			want := expectBytes(t, o)
			expectFile(t, out, want)
			if r.Input.Bytes != int64(len(synthetic.SampleFile())) || r.Output.Bytes != int64(len(want)) {
				t.Errorf("reported sizes are %d and %d, want %d and %d", r.Input.Bytes, r.Output.Bytes, len(synthetic.SampleFile()), len(want))
			}
		}
	}
}

func TestProgressEndsBelowTheSizeOfTheFile(t *testing.T) {
	in := sampleFile(t)
	var lock sync.Mutex
	var most, size int64
	r, err := File(in, in+".out", Options{}, WithProgress(func(done, total int64) {
		lock.Lock()
		defer lock.Unlock()
		most, size = max(most, done), total
	}))
	if err != nil {
		t.Fatal(err)
	}
	if size != r.Output.Bytes || most <= 0 || most > size {
		t.Errorf("progress ended with %d of %d, the file has %d", most, size, r.Output.Bytes)
	}
}

func TestFileErrorsMatchAndLeaveNothing(t *testing.T) {
	short := synthetic.Sample()
	short.Buffers[1].Data = short.Buffers[1].Data[4:]
	wrong, err := tflite.Write(short)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		content  []byte // nil: there is no such file
		out      string
		options  Options
		match    []error
		notMatch error
	}{
		{"missing", nil, "out", Options{}, []error{ErrRead, fs.ErrNotExist}, ErrWrite},
		{"empty", []byte{}, "out", Options{}, []error{tflite.ErrFormat}, ErrRead},
		{"no model", []byte("no model at all"), "out", Options{}, []error{tflite.ErrFormat}, ErrModel},
		{"short weights", wrong, "out", Options{}, []error{ErrModel}, tflite.ErrFormat},
		{"bad options", synthetic.SampleFile(), "out", Options{Scheme: 7}, []error{ErrOptions}, ErrModel},
		{"no folder", synthetic.SampleFile(), "none/out", Options{}, []error{ErrWrite, fs.ErrNotExist}, ErrRead},
		{"a folder", synthetic.SampleFile(), ".", Options{}, []error{ErrWrite}, ErrRead},
	} {
		dir := t.TempDir()
		in := filepath.Join(dir, "in")
		if c.content != nil {
			if err := os.WriteFile(in, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		_, err := File(in, filepath.Join(dir, c.out), c.options)
		for _, m := range c.match {
			if !errors.Is(err, m) {
				t.Errorf("%s: %v does not match %v", c.name, err, m)
			}
		}
		if errors.Is(err, c.notMatch) {
			t.Errorf("%s: %v matches %v", c.name, err, c.notMatch)
		}
		expectAlone(t, dir, "in")
	}
}

func expectAlone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		known := false
		for _, n := range names {
			known = known || n == e.Name()
		}
		if !known {
			t.Errorf("%s was left over", e.Name())
		}
	}
}

func TestViewGivesTheModelAndItsErrors(t *testing.T) {
	in := sampleFile(t)
	if err := View(in, func(m *tflite.ModelT) error {
		if m.Description != "sample" {
			t.Errorf("the description is %q", m.Description)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	own := errors.New("its own")
	if err := View(in, func(*tflite.ModelT) error { return own }); err != own {
		t.Errorf("%v, want what the function returned", err)
	}
	if err := View(in+"x", nil); !errors.Is(err, ErrRead) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}
