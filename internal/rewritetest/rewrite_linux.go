package rewritetest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A writer opens a file that holds a model, and returns what makes it another file for a
// while, then the model again.
type writer struct {
	name string
	open func(t *testing.T, path string, model []byte) func(r *rand.Rand)
}

var writers = []writer{
	{"writes random bytes", inPlace(func(r *rand.Rand, model []byte, _ []int) (int, uint32) {
		return r.IntN(len(model) - 4), r.Uint32()
	})},
	{"writes counts", inPlace(func(r *rand.Rand, _ []byte, counts []int) (int, uint32) {
		return counts[r.IntN(len(counts))], 1<<r.IntN(32) | r.Uint32()>>r.IntN(32)
	})},
	{"writes counts through a mapping", throughMapping},
	{"cuts and writes the whole", whole},
}

// Each has each of several writers write to a file while read reads it, and again as
// often as times says. The file is whole between any two writes.
func Each(t *testing.T, times int, read func(t *testing.T, path string)) {
	model := manyVectors(t)
	for _, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.tflite")
			if err := os.WriteFile(path, model, 0o644); err != nil {
				t.Fatal(err)
			}
			write := w.open(t, path, model)
			for i := range times {
				while(write, rand.New(rand.NewPCG(uint64(i), 6)), func() { read(t, path) })
			}
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

// inPlace writes with a system call what choose returns, and where.
func inPlace(choose func(r *rand.Rand, model []byte, counts []int) (at int, value uint32)) func(*testing.T, string, []byte) func(*rand.Rand) {
	return func(t *testing.T, path string, model []byte) func(*rand.Rand) {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		counts := countsOf(model)
		return func(r *rand.Rand) {
			at, value := choose(r, model, counts)
			b := binary.LittleEndian.AppendUint32(nil, value)
			f.WriteAt(b, int64(at))
			f.WriteAt(model[at:at+len(b)], int64(at))
		}
	}
}

// throughMapping writes without a system call, so that the file's times do not tell.
func throughMapping(t *testing.T, path string, model []byte) func(*rand.Rand) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := unix.Mmap(int(f.Fd()), 0, len(model), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Skip("files cannot be mapped here:", err)
	}
	t.Cleanup(func() { unix.Munmap(data) })
	counts := countsOf(model)
	return func(r *rand.Rand) {
		at := counts[r.IntN(len(counts))]
		binary.LittleEndian.PutUint32(data[at:], r.Uint32()>>r.IntN(32))
		copy(data[at:at+4], model[at:])
	}
}

// whole writes the file anew, in parts, as a copy does.
func whole(t *testing.T, path string, model []byte) func(*rand.Rand) {
	return func(r *rand.Rand) {
		f, err := os.Create(path)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		for part := range slices.Chunk(model, 1+r.IntN(len(model))) {
			f.Write(part)
		}
	}
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
