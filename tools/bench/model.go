package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/models"
)

// A sketch is a model whose weights have a size, but no values yet: one of a
// gigabyte is written without ever being held in memory.
type sketch struct {
	*models.Model
	lens map[*tflite.BufferT]int
	last int32 // the tensor that the next operator reads
}

func newSketch() *sketch {
	s := &sketch{Model: models.New(), lens: map[*tflite.BufferT]int{}}
	s.last = s.Input(1, 64)
	return s
}

// layer adds an operator with weights of the given shape.
func (s *sketch) layer(op tflite.BuiltinOperator, shape ...int32) {
	w := s.Constant(tflite.TensorTypeFLOAT32, shape, nil)
	n := 4
	for _, d := range shape {
		n *= int(d)
	}
	s.lens[s.Buffers[len(s.Buffers)-1]] = n
	out := s.Tensor(1, 64)
	s.Op(op, []int32{s.last, w, -1}, out)
	s.last = out
}

const (
	weightsOfLayer = 20 << 20 // bytes, in a large model
	fewestLayers   = 6
)

// sized is a model of about so many bytes: fully connected, convolution and
// depthwise in turn.
func sized(size int) *sketch {
	s := newSketch()
	layers := max(fewestLayers, size/weightsOfLayer/3*3)
	elements := int32(size / layers / 4)
	for range layers / 3 {
		s.layer(tflite.BuiltinOperatorFULLY_CONNECTED, max(1, elements/512), 512)
		s.layer(tflite.BuiltinOperatorCONV_2D, max(1, elements/(9*32)), 3, 3, 32)
		s.layer(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, 1, max(1, elements/256), 1, 256)
	}
	s.Output(s.last)
	return s
}

// operators is a model of so many small fully connected layers.
func operators(n int, rows, columns int32) *sketch {
	s := newSketch()
	for range n {
		s.layer(tflite.BuiltinOperatorFULLY_CONNECTED, rows, columns)
	}
	s.Output(s.last)
	return s
}

// noise is what weights are made of: 1 MB of normally distributed values.
var noise = func() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 1<<20)
	for i := 0; i < len(b); i += 4 {
		binary.LittleEndian.PutUint32(b[i:], math.Float32bits(float32(r.NormFloat64()/20)))
	}
	return b
}()

// write writes the model to a file.
func (s *sketch) write(path string) error {
	packed, err := tflite.Pack(&s.ModelT, func(_ int, b *tflite.BufferT) int { return s.lens[b] })
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := writer{f: f}
	packed.PutNumbers()
	for i, r := range packed.Regions() {
		w.write(packed.Before(i))
		for left := r.Len; left > 0; {
			from := 4 * (i * 127 % 1024) // another part for each
			part := noise[from:]
			part = part[:min(left, len(part))]
			w.write(part)
			left -= len(part)
		}
	}
	w.write(packed.Before(len(packed.Regions())))
	w.flush()
	return w.err
}

// A writer writes large parts as they are and gathers small ones.
type writer struct {
	f   *os.File
	buf []byte
	err error
}

func (w *writer) write(b []byte) {
	w.buf = append(w.buf, b...)
	if len(w.buf) >= 1<<20 {
		w.flush()
	}
}

func (w *writer) flush() {
	if w.err == nil {
		_, w.err = w.f.Write(w.buf)
	}
	w.buf = w.buf[:0]
}
