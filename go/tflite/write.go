package tflite

import (
	"errors"
	"fmt"
	"math"
)

// Identifier is the file identifier of every TFLite model.
const Identifier = "TFL3"

// ErrTooLarge means that a model does not fit into one FlatBuffer.
var ErrTooLarge = errors.New("the model is larger than a FlatBuffer can be, which is 2 GB - 1 byte")

// A Region is the place of a buffer's data in a file.
type Region struct {
	Buffer *BufferT
	Offset int64 // from the start of the file, a multiple of 16
	Len    int
}

// Packed is a model as the bytes of a file, in which the data of its buffers
// are still to be filled in.
type Packed struct {
	meta    []byte // the file without the regions
	size    int64
	regions []Region // by offset
}

// Pack lays a model out exactly as FlatBuffers' C++ object API does, with
// TensorFlow's schema. dataLen gives the bytes of data of each buffer of the
// model, which need not be there yet; nil stands for the length of Data.
//
// The result is ErrTooLarge where the file would exceed 2^31-1 bytes.
func Pack(m *ModelT, dataLen func(*BufferT) int) (*Packed, error) {
	if dataLen == nil {
		dataLen = func(b *BufferT) int { return len(b.Data) }
	}
	b := newBuilder(dataLen)
	b.finish(packModel(b, m))
	if b.size > math.MaxInt32 {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrTooLarge, b.size)
	}
	p := &Packed{meta: b.buf[b.head:], size: b.size}
	for i := len(b.holes) - 1; i >= 0; i-- {
		h := b.holes[i]
		p.regions = append(p.regions, Region{h.buffer, b.size - h.end - int64(h.len), h.len})
	}
	return p, nil
}

// Size returns the bytes of the file, a multiple of 4.
func (p *Packed) Size() int64 { return p.size }

// Regions returns where the data of buffers belong, by ascending offset.
// Buffers without data have none.
func (p *Packed) Regions() []Region { return p.regions }

// PutMeta writes all but the regions to their places in file, which is Size
// bytes long.
func (p *Packed) PutMeta(file []byte) {
	rest, at := p.meta, int64(0)
	for _, r := range p.regions {
		n := copy(file[at:r.Offset], rest)
		rest, at = rest[n:], r.Offset+int64(r.Len)
	}
	copy(file[at:], rest)
}

// Write returns a model as the bytes of a file.
func Write(m *ModelT) ([]byte, error) {
	p, err := Pack(m, nil)
	if err != nil {
		return nil, err
	}
	file := make([]byte, p.Size())
	p.PutMeta(file)
	for _, r := range p.regions {
		copy(file[r.Offset:], r.Buffer.Data)
	}
	return file, nil
}
