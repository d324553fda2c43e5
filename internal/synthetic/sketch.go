package synthetic

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Sketch is a chain of layers whose weights have a size but no values: a model
// of a gigabyte is written without being held in memory.
type Sketch struct {
	*Model
	lens map[*tflite.BufferT]int // bytes of the weights
	last int32                   // the tensor that the next layer reads
}

func newSketch() *Sketch {
	s := &Sketch{Model: New(), lens: map[*tflite.BufferT]int{}}
	s.last = s.Input(1, 64)
	return s
}

// weights adds a constant.
func (s *Sketch) weights(shape ...int32) int32 {
	w := s.Constant(tflite.TensorTypeFLOAT32, shape, nil)
	s.lens[s.Buffers[len(s.Buffers)-1]] = 4 * Elements(shape)
	return w
}

// layer adds an operator with weights of the given shape.
func (s *Sketch) layer(op tflite.BuiltinOperator, shape ...int32) {
	w := s.weights(shape...)
	out := s.Tensor(1, 64)
	s.Op(op, []int32{s.last, w, -1}, out)
	s.last = out
}

const (
	weightsOfLayer = 20 << 20 // bytes, in a large model
	fewestLayers   = 6
)

// Sized returns a model of about size bytes, at most 2 GB: fully connected,
// convolution and depthwise layers in turn.
func Sized(size int) *Sketch {
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

// Dense returns a model of n fully connected layers, whose weights have the
// shape rows x columns.
func Dense(n int, rows, columns int32) *Sketch {
	s := newSketch()
	for range n {
		s.layer(tflite.BuiltinOperatorFULLY_CONNECTED, rows, columns)
	}
	s.Output(s.last)
	return s
}

// Noise returns 1 MB of normally distributed float32 values, of which the weights
// are made. It is not to be changed.
var Noise = sync.OnceValue(func() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 1<<20)
	for i := 0; i < len(b); i += 4 {
		binary.LittleEndian.PutUint32(b[i:], math.Float32bits(float32(r.NormFloat64()/20)))
	}
	return b
})

// WriteFile writes the model, with normally distributed weights, to a file.
func (s *Sketch) WriteFile(path string) error {
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
	values := Noise()
	for i, r := range packed.Regions() {
		w.write(packed.Before(i))
		for left := r.Len; left > 0; {
			from := 4 * (i * 127 % 1024) // another part for each
			part := values[from:]
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
