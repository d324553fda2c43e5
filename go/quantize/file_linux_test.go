package quantize

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// While the first weights are done, the file that the rest is read from changes.
func TestAModelThatChangesIsAnErrorAndTheOldOutputStays(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"cut":       func(path string) error { return os.Truncate(path, 0) },
		"rewritten": func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) },
	} {
		in := sampleFile(t)
		out := in + ".out"
		if err := os.WriteFile(out, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		var once sync.Once
		_, err := File(in, out, Options{}, WithProgress(func(int64, int64) {
			once.Do(func() {
				if err := change(in); err != nil {
					t.Error(err)
				}
			})
		}))
		if !errors.Is(err, ErrChanged) || !errors.Is(err, ErrRead) {
			t.Errorf("%s: %v", name, err)
		}
		expectFile(t, out, []byte("old"))
		expectAlone(t, filepath.Dir(in), "model.tflite", "model.tflite.out")
	}
}

// Pages of a mapping after the end of its file cannot be read: in workers too
// that is an error, not the end of the process.
func TestWorkersReportFaults(t *testing.T) {
	in := sampleFile(t)
	m := mapped(t, in)
	for name, o := range map[string]Options{"int8": {}, "float16": {BufferType: Float16}, "copy": {MinElements: 1 << 40}} {
		p, err := NewPlan(m, o)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := os.WriteFile(in, synthetic.SampleFile(), 0o644); err != nil { // back to its length
			t.Fatal(err)
		}
		err = write(p.Model, fixed{p}, newRun(nil), func(size int64) (stream.Target, stream.Input, error) {
			return stream.Target{Memory: make([]byte, size)}, nil, os.Truncate(in, 0)
		})
		var fault *mapping.Fault
		if !errors.As(err, &fault) {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.WriteFile(in, synthetic.SampleFile(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAViewThatIsCutIsAnError(t *testing.T) {
	in := sampleFile(t)
	err := View(in, func(m *tflite.ModelT) error {
		if err := os.Truncate(in, 0); err != nil {
			return err
		}
		_ = m.Buffers[1].Data[0]
		return nil
	})
	if !errors.Is(err, ErrChanged) || !errors.Is(err, ErrRead) {
		t.Errorf("cut while it was used: %v", err)
	}
}

// mapped is a model whose data lie in a file.
func mapped(t *testing.T, path string) *tflite.ModelT {
	t.Helper()
	source, err := mapping.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { source.Close() })
	m, err := tflite.Read(source.Data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// failing is an input on a disk that fails.
type failing struct{ err error }

func (f failing) Read([]byte, []byte) ([]byte, error) { return nil, f.err }
func (failing) Forget([]byte)                         {}

func TestADiskThatFailsIsAnErrorOfReading(t *testing.T) {
	m := largeSample()
	p, err := NewPlan(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	disk := errors.New("the disk failed")
	for _, err := range []error{disk, ErrChanged} {
		got := write(p.Model, fixed{p}, newRun(nil), func(size int64) (stream.Target, stream.Input, error) {
			return stream.Target{Memory: make([]byte, size)}, inputFile{failing{err}, "model"}, nil
		})
		if !errors.Is(got, err) || errors.Is(got, ErrRead) != (err == disk) {
			t.Errorf("%v: %v", err, got)
		}
	}
}
