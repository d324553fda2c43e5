package parity

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

var corruptions = flag.Bool("corruptions", false, "corrupt every byte of three models, weights too, and run all lengths (minutes)")

// corrupted are models that are small and differ in what they are built of.
var corrupted = []string{"hand_recrop", "image_example1", "autoencoder_example"}

// What is changed in a byte.
var flips = []byte{0xff, 0x01, 0x80}

// weightStep is which bytes of data are corrupted without the flag: they decide
// about values alone.
const weightStep = 499

// A corrupted model gives an error that can be matched, or a file that is a
// model: with each byte changed in three ways, and at every length.
func TestCorruptedModels(t *testing.T) {
	for _, c := range realModels(t) {
		if !slices.Contains(corrupted, c.Name) {
			continue
		}
		file, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		places := structure(t, file)
		if *corruptions {
			places = nil
			for i := range file {
				places = append(places, i)
			}
		}
		t.Run(c.Name+"/bytes", func(t *testing.T) {
			each(t, len(places)*len(flips), bytes.Clone, file, func(copied []byte, i int) []byte {
				at, flip := places[i/len(flips)], flips[i%len(flips)]
				copied[at] = file[at] ^ flip
				return copied
			}, func(copied []byte, i int) { copied[places[i/len(flips)]] = file[places[i/len(flips)]] })
		})
		t.Run(c.Name+"/lengths", func(t *testing.T) {
			same := func(b []byte) []byte { return b }
			each(t, len(file), same, file, func(b []byte, n int) []byte { return b[:n:n] }, func([]byte, int) {})
		})
	}
}

// structure lists the places of a file, of data one in weightStep.
func structure(t *testing.T, file []byte) []int {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]bool, len(file))
	for _, b := range m.Buffers {
		if len(b.Data) > 0 {
			at := int(uintptr(unsafe.Pointer(unsafe.SliceData(b.Data))) - uintptr(unsafe.Pointer(unsafe.SliceData(file))))
			for i := range b.Data {
				data[at+i] = i%weightStep != 0
			}
		}
	}
	var places []int
	for i := range file {
		if !data[i] {
			places = append(places, i)
		}
	}
	return places
}

// each quantizes n corrupted files.
func each(t *testing.T, n int, prepare func([]byte) []byte, file []byte, corrupt func([]byte, int) []byte, mend func([]byte, int)) {
	var next, refused, made atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			own := prepare(file)
			for i := next.Add(1) - 1; i < int64(n) && !t.Failed(); i = next.Add(1) - 1 {
				ok, err := quantizeCorrupted(corrupt(own, int(i)))
				if err != nil {
					t.Errorf("corruption %d: %v", i, err)
				}
				mend(own, int(i))
				if ok {
					made.Add(1)
				} else {
					refused.Add(1)
				}
			}
		}()
	}
	wg.Wait()
	t.Logf("%d corruptions: %d refused, %d quantized", n, refused.Load(), made.Load())
	if refused.Load() == 0 || n > 0 && made.Load()+refused.Load() < int64(n) {
		t.Error("none was refused, or not all were tried")
	}
}

// quantizeCorrupted reports whether files were made; the error is what is wrong with that.
func quantizeCorrupted(file []byte) (made bool, err error) {
	m, err := tflite.Read(file)
	if err != nil {
		if !errors.Is(err, tflite.ErrFormat) {
			return false, err
		}
		return false, nil
	}
	for _, o := range []quantize.Options{{}, {BufferType: quantize.Float16}} {
		out, err := quantize.Bytes(m, o)
		if err != nil {
			if !errors.Is(err, quantize.ErrModel) {
				return false, err
			}
			continue
		}
		made = true
		if _, err := tflite.Read(out); err != nil {
			return false, errors.Join(errors.New("the new file is refused"), err)
		}
	}
	return made, nil
}
