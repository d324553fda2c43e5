package quantize

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// ranges is a file in memory that notes which bytes were written.
type ranges struct {
	lock    sync.Mutex
	bytes   [1 << 20]byte
	written [1 << 20]int
}

func (r *ranges) WriteAt(b []byte, at int64) (int, error) {
	if !r.lock.TryLock() {
		return 0, errors.New("two calls at a time")
	}
	defer r.lock.Unlock()
	for i := range b {
		r.written[at+int64(i)]++
	}
	return copy(r.bytes[at:], b), nil
}

func TestWriteWritesEveryByteOnce(t *testing.T) {
	for _, o := range []Options{{}, {BufferType: Float16}} {
		var w ranges
		n, err := Write(&w, synthetic.Sample(), o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(w.bytes[:n], expectBytes(t, o)) {
			t.Errorf("%v: %d bytes, and not those of Bytes", o.BufferType, n)
		}
		for i, count := range w.written {
			if want := map[bool]int{true: 1, false: 0}[int64(i) < n]; count != want {
				t.Fatalf("%v: byte %d was written %d times, want %d", o.BufferType, i, count, want)
			}
		}
	}
}

func TestAContextEndsTheWork(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	in := sampleFile(t)
	_, err := File(in, in+".out", Options{}, WithContext(ctx), WithProgress(func(int64, int64) { cancel(why) }))
	if err != why && err != nil { // it may have been done before
		t.Errorf("ended meanwhile: %v", err)
	}
	os.Remove(in + ".out")
	if _, err := File(in, in+".out", Options{}, WithContext(ctx)); err != why {
		t.Errorf("ended before: %v, want %v", err, why)
	}
	expectAlone(t, filepath.Dir(in), "model.tflite")
	if _, err := Bytes(synthetic.Sample(), Options{}, WithContext(ctx)); err != why {
		t.Errorf("in memory: %v, want %v", err, why)
	}
}

// Progress is told by those who encode: one at a time where there is one worker.
func TestOneWorkerWorksAlone(t *testing.T) {
	m := synthetic.New()
	for range 8 {
		y := m.Tensor(1, 512)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1, 1024), m.Random(512, 1024), -1}, y)
		m.Output(y)
	}
	want, err := Bytes(&m.ModelT, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var busy sync.Mutex
	got, err := Bytes(&m.ModelT, Options{}, WithWorkers(1), WithProgress(func(int64, int64) {
		if !busy.TryLock() {
			t.Error("two work at a time")
			return
		}
		for range 100 {
			runtime.Gosched()
		}
		busy.Unlock()
	}))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, or other bytes", err)
	}
}
