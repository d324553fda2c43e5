package quantize

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

var rewrites = flag.Int("rewrites", 25, "how often a model is read while it is rewritten, for each way of doing that")

// However a model is written to while it is read, the end is a file or an error:
// neither a panic, nor memory without bounds, which would end the process.
func TestModelsThatAreRewrittenAreErrorsAtMost(t *testing.T) {
	model := manyVectors(t)
	counts := countsOf(model)
	for name, w := range map[string]struct {
		open    func(*testing.T, string) func(b []byte, at int)
		disturb func(r *rand.Rand) (at int, b []byte)
	}{
		"random bytes": {pwriter, func(r *rand.Rand) (int, []byte) {
			return r.IntN(len(model) - 4), binary.LittleEndian.AppendUint32(nil, r.Uint32())
		}},
		"larger counts": {pwriter, func(r *rand.Rand) (int, []byte) {
			return counts[r.IntN(len(counts))], binary.LittleEndian.AppendUint32(nil, 1<<r.IntN(32)|r.Uint32()>>r.IntN(32))
		}},
		"a mapping": {mapper, func(r *rand.Rand) (int, []byte) {
			return counts[r.IntN(len(counts))], binary.LittleEndian.AppendUint32(nil, r.Uint32()>>r.IntN(32))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in := filepath.Join(t.TempDir(), "model")
			if err := os.WriteFile(in, model, 0o644); err != nil {
				t.Fatal(err)
			}
			write := w.open(t, in)
			ends := map[string]int{}
			for i := range *rewrites {
				while(func(r *rand.Rand) {
					at, b := w.disturb(r)
					write(b, at)
					write(model[at:at+len(b)], at)
				}, rand.New(rand.NewPCG(uint64(i), 6)), func() {
					_, err := File(in, in+".out", Options{})
					ends[endOf(t, err)]++
					err = View(in, func(m *tflite.ModelT) error { return nil })
					ends[endOf(t, err)]++
				})
			}
			t.Log(ends)
		})
	}
}

// while calls write again and again until read is done.
func while(write func(*rand.Rand), r *rand.Rand, read func()) {
	var done atomic.Bool
	var writer sync.WaitGroup
	begun := make(chan struct{})
	writer.Add(1)
	go func() {
		defer writer.Done()
		write(r)
		close(begun)
		for !done.Load() {
			write(r)
		}
	}()
	defer writer.Wait()
	defer done.Store(true)
	<-begun
	read()
}

func endOf(t *testing.T, err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, ErrChanged), errors.Is(err, ErrRead):
		return "changed"
	case errors.Is(err, tflite.ErrFormat), errors.Is(err, ErrModel):
		return "invalid"
	}
	t.Errorf("%v", err)
	return "other"
}

func pwriter(t *testing.T, path string) func([]byte, int) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return func(b []byte, at int) { f.WriteAt(b, int64(at)) }
}

// mapper writes without a system call, so that the file's times do not tell.
func mapper(t *testing.T, path string) func([]byte, int) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Skip("files cannot be mapped here:", err)
	}
	t.Cleanup(func() { unix.Munmap(data) })
	return func(b []byte, at int) { copy(data[at:], b) }
}

// manyVectors is a model that takes a while to verify and to read.
func manyVectors(t *testing.T) []byte {
	t.Helper()
	m := &tflite.ModelT{Version: 3, OperatorCodes: []*tflite.OperatorCodeT{{}}, Buffers: []*tflite.BufferT{{}, {Data: make([]byte, 1<<16)}}}
	for range 3 {
		sg := &tflite.SubGraphT{}
		for i := range int32(500) {
			sg.Tensors = append(sg.Tensors, &tflite.TensorT{
				Name: fmt.Sprint("tensor ", i), Shape: []int32{16, 4, 4, 64}, ShapeSignature: []int32{-1, 4, 4, 64}, Buffer: uint32(i % 2),
				Quantization: &tflite.QuantizationParametersT{Min: []float32{1}, Max: []float32{2}},
			})
			sg.Operators = append(sg.Operators, &tflite.OperatorT{Inputs: []int32{i, i, -1}, Outputs: []int32{i}})
		}
		m.Subgraphs = append(m.Subgraphs, sg)
	}
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// countsOf returns where the counts of vectors may be: where offsets lead.
func countsOf(data []byte) (at []int) {
	for p := 0; p+4 <= len(data); p += 4 {
		to := p + int(binary.LittleEndian.Uint32(data[p:])&(1<<20-1))
		if to > p && to%4 == 0 && to+4 <= len(data) && binary.LittleEndian.Uint32(data[to:]) < 1000 {
			at = append(at, to)
		}
	}
	return at
}
