package quantize

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Weights quantizes the weights of a model and leaves the new model in b, as
// upstream's QuantizeWeights(&builder, model) does: b.FinishedBytes() is the
// file. The model is not changed. What b held before is lost.
//
// The error is an *Error that matches ErrModel or ErrOptions, or
// tflite.ErrTooLarge.
func Weights(b *flatbuffers.Builder, m *tflite.ModelT, o Options) error {
	file, err := Bytes(m, o)
	if err != nil {
		return err
	}
	hand(b, file)
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
func (p *Plan) Apply(m *tflite.ModelT) ([]byte, error) {
	var file []byte
	err := p.write(m, func(size int64) (room, error) {
		file = make([]byte, size)
		return room{memory: file}, nil
	}, nil)
	return file, err
}

// write makes the file in the room that it is given for its size. Weights go
// from the model straight to their places there. progress may be nil; it is
// called from several goroutines.
//
// The error is a *mapping.Fault where the model's memory is mapped and cannot
// be accessed, or that of writing to the room.
func (p *Plan) write(m *tflite.ModelT, give func(size int64) (room, error), progress func(done, total int64)) error {
	a := p.apply(m)
	packed, err := tflite.Pack(a.model, func(b *tflite.BufferT) int {
		if n, ok := a.lens[b]; ok {
			return n
		}
		return len(b.Data)
	})
	if err != nil {
		return err
	}
	s := newStream(p, m, a, packed)
	s.progress = progress
	if s.room, err = give(packed.Size()); err != nil {
		return err
	}
	if err := s.run(); err != nil {
		return err
	}
	// Only now the scales are known. Their number decided the layout, not their
	// values.
	if p.Options.BufferType == Int8 && len(p.Results) > 0 {
		packed.Refresh(a.model)
	}
	return s.putMeta()
}

// hand makes file the finished bytes of b without copying it. A builder takes
// finished bytes from nobody, so it is made to write the first twelve itself:
// the length of a vector that is the rest, then identifier and root.
func hand(b *flatbuffers.Builder, file []byte) {
	var head [4]byte
	copy(head[:], file[8:])
	root := flatbuffers.GetUOffsetT(file)
	b.Bytes = file
	b.Reset()
	b.CreateByteVector(file[12:])
	b.FinishWithFileIdentifier(flatbuffers.UOffsetT(len(file))-root, []byte(tflite.Identifier))
	copy(file[8:], head[:])
}
