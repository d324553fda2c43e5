package quantize

import (
	"fmt"
	"math"
	"runtime"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Weights quantizes the weights of a model and leaves the new model in b, as
// upstream's QuantizeWeights(&builder, model) does: b.FinishedBytes() is the
// file. The model is not changed. What b held before is lost.
//
// The error is an *Error that matches ErrModel or ErrOptions, or
// tflite.ErrTooLarge, also where only File and Bytes can make the file, because
// weights do not fit into the FlatBuffer.
func Weights(b *flatbuffers.Builder, m *tflite.ModelT, o Options) error {
	p, err := NewPlan(m, o)
	if err != nil {
		return err
	}
	memory, err := p.applyBehind(m, spareOfBuilder)
	if err != nil {
		return err
	}
	if n := len(memory) - spareOfBuilder; n > math.MaxInt32 {
		return fmt.Errorf("%w: the file has %d bytes, more than a builder can hold; use File or Bytes", tflite.ErrTooLarge, n)
	}
	hand(b, memory)
	return nil
}

// Bytes is Weights without a builder.
func Bytes(m *tflite.ModelT, o Options) ([]byte, error) {
	p, err := NewPlan(m, o)
	if err != nil {
		return nil, err
	}
	return p.Apply(m)
}

// Apply returns the file that the plan makes of its model.
func (p *Plan) Apply(m *tflite.ModelT) ([]byte, error) { return p.applyBehind(m, 0) }

// applyBehind is Apply with spare bytes in front of the file.
func (p *Plan) applyBehind(m *tflite.ModelT, spare int64) ([]byte, error) {
	var memory []byte
	err := p.write(m, func(size int64) (*room, error) {
		memory = make([]byte, spare+size)
		return &room{memory: memory[spare:]}, nil
	}, nil)
	return memory, err
}

// write makes the file in the room that it is given for its size. Weights go
// from the model straight to their places there. progress may be nil; it is
// called from several goroutines.
//
// The error is a *mapping.Fault where the model's memory is mapped and cannot
// be accessed, or that of writing to the room.
func (p *Plan) write(m *tflite.ModelT, give func(size int64) (*room, error), progress func(done, total int64)) error {
	a := p.apply(m)
	packed, err := tflite.PackWithin(a.model, func(i int, b *tflite.BufferT) int {
		if r := a.results[i]; r >= 0 {
			return p.Results[r].Len
		}
		return len(b.Data)
	}, p.inside)
	if err != nil {
		return err
	}
	s := &stream{p: p, m: m, a: a, packed: packed, progress: progress}
	if s.room, err = give(packed.Size()); err != nil {
		return err
	}
	return s.run(min(runtime.GOMAXPROCS(0), runtime.NumCPU()))
}

// spareOfBuilder is more than what a builder asks for in front of its bytes
// before it makes itself larger.
const spareOfBuilder = 32

// hand makes the file behind the spare bytes of memory the finished bytes of b
// without copying it. A builder takes finished bytes from nobody, so it is made
// to write the first twelve itself: the length of a vector that is the rest,
// then identifier and root.
func hand(b *flatbuffers.Builder, memory []byte) {
	file := memory[spareOfBuilder:]
	var third [4]byte
	copy(third[:], file[8:])
	root := flatbuffers.GetUOffsetT(file)
	b.Bytes = memory
	b.Reset()
	b.CreateByteVector(file[12:])
	b.FinishWithFileIdentifier(flatbuffers.UOffsetT(len(file))-root, []byte(tflite.Identifier))
	copy(file[8:], third[:])
}
