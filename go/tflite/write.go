package tflite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Identifier is the file identifier of every TFLite model.
const Identifier = "TFL3"

// ErrTooLarge means that a model does not fit into a FlatBuffer, not even
// without the data of its buffers.
var ErrTooLarge = errors.New("the model is larger than a FlatBuffer can be, which is 2 GB - 1 byte")

// A Region is the place of a buffer's data in a file.
type Region struct {
	Buffer *BufferT
	Index  int   // of the buffer in the model, or -1 for one that was added
	Offset int64 // from the start of the file, a multiple of 16
	Len    int
	// Outside says that the region lies behind the FlatBuffer.
	Outside bool
}

// Packed is a model as the bytes of a file, in which the data of its buffers
// are still to be filled in.
type Packed struct {
	dataLen func(int, *BufferT) int
	outside *placement // nil where all data are in the FlatBuffer
	buf     []byte     // memory, of which
	meta    []byte     // the end is the file without the regions
	inside  int        // bytes of meta that lie in the FlatBuffer
	floats  []floatsAt // in meta
	size    int64
	regions []Region // by offset
	before  []int    // by region: the bytes of meta up to it
}

// Pack lays a model out exactly as FlatBuffers' C++ object API does, with
// TensorFlow's schema. dataLen gives the bytes of data of each buffer of the
// model, by its index, which need not be there yet; nil stands for the length of
// Data.
//
// A model of more than 2^31-1 bytes gets the data of its buffers behind the
// FlatBuffer, in the order of the buffers, each at a multiple of 16 bytes. The
// result is ErrTooLarge where what is left is larger than that too.
func Pack(m *ModelT, dataLen func(i int, b *BufferT) int) (*Packed, error) {
	return PackWithin(m, dataLen, maxInside)
}

// PackWithin is Pack for FlatBuffers of at most the given size in bytes.
func PackWithin(m *ModelT, dataLen func(i int, b *BufferT) int, most int64) (*Packed, error) {
	if dataLen == nil {
		dataLen = func(_ int, b *BufferT) int { return len(b.Data) }
	}
	p := &Packed{dataLen: dataLen, buf: make([]byte, roomFor(m))}
	b := p.pack(m)
	if b.size > most {
		p.outside = placeOutside(m, dataLen)
		if b = p.pack(m); b.size > most {
			return nil, fmt.Errorf("%w: it has %d bytes without the data of its buffers", ErrTooLarge, b.size)
		}
	}
	p.layRegions(b)
	if p.outside != nil {
		p.pack(m) // offsets are known now
	}
	return p, nil
}

func (p *Packed) layRegions(b *builder) {
	p.size = b.size
	for i := range b.holes {
		h := b.holes[len(b.holes)-1-i]
		if p.outside != nil && h.index == len(p.outside.sources) {
			h.index = -1
		}
		p.regions = append(p.regions, Region{Buffer: h.buffer, Index: h.index, Offset: b.size - h.end - int64(h.len), Len: h.len})
	}
	if p.outside != nil {
		var behind []Region
		behind, p.size = p.outside.lay(b.size)
		p.regions = append(p.regions, behind...)
	}
	data := int64(0)
	p.before = make([]int, len(p.regions))
	for i, r := range p.regions {
		p.before[i] = int(r.Offset - data)
		data += int64(r.Len)
	}
}

// PutFloats puts what the model's vectors of float32 hold by now into what Before
// returns, which has nothing of use in their places until then.
func (p *Packed) PutFloats() {
	for _, f := range p.floats {
		to := p.meta[p.inside-f.end:]
		for i, x := range f.values {
			binary.LittleEndian.PutUint32(to[4*i:], math.Float32bits(x))
		}
	}
}

func (p *Packed) pack(m *ModelT) *builder {
	dataLen := p.dataLen
	if p.outside != nil {
		m = p.outside.model(m)
		dataLen = func(i int, b *BufferT) int {
			switch {
			case i == len(p.outside.sources): // what was added
				return len(b.Data)
			case p.outside.sources[i] != nil:
				return 0
			}
			return p.dataLen(i, b)
		}
	}
	used := 0
	if p.meta == nil {
		used = len(p.buf) // it is new
	}
	b := newBuilder(p.buf, used, dataLen)
	b.finish(packModel(b, m))
	p.buf, p.meta, p.floats = b.buf, b.buf[b.head:], b.floats
	p.inside = len(p.meta)
	if data := int64(0); p.outside != nil && p.regions != nil {
		for _, r := range p.regions {
			data += int64(r.Len)
		}
		padding := p.size - data - int64(len(p.meta))
		p.meta = append(p.meta, make([]byte, padding)...)
	}
	return b
}

// roomFor estimates the bytes of meta; too few only cost time.
func roomFor(m *ModelT) int {
	n := 4096 + 64*len(m.Buffers)
	for _, sg := range m.Subgraphs {
		n += 120 * len(sg.Operators)
		for _, t := range sg.Tensors {
			n += 120 + len(t.Name)
			if q := t.Quantization; q != nil {
				n += 60 + 4*(len(q.Min)+len(q.Max)+len(q.Scale)) + 8*len(q.ZeroPoint)
			}
		}
	}
	return n
}

// Size returns the bytes of the file, a multiple of 4, also of 16 where data lie
// behind the FlatBuffer.
func (p *Packed) Size() int64 { return p.size }

// Regions returns where the data of buffers belong, by ascending offset.
// Buffers without data have none.
func (p *Packed) Regions() []Region { return p.regions }

// Before returns what lies in the file between region i and the one before it,
// or the start of the file. With i the number of regions, it is what lies
// behind the last.
func (p *Packed) Before(i int) []byte {
	from, to := 0, len(p.meta)
	if i > 0 {
		from = p.before[i-1]
	}
	if i < len(p.before) {
		to = p.before[i]
	}
	return p.meta[from:to]
}

// Write returns a model as the bytes of a file.
func Write(m *ModelT) ([]byte, error) {
	p, err := Pack(m, nil)
	if err != nil {
		return nil, err
	}
	return p.Bytes(), nil
}

// Bytes returns the file, with what the model's vectors of float32 and the data
// of its buffers hold by now.
func (p *Packed) Bytes() []byte {
	p.PutFloats()
	file := make([]byte, 0, p.Size())
	for i, r := range p.regions {
		file = append(file, p.Before(i)...)
		file = append(file, r.Buffer.Data...)
	}
	return append(file, p.Before(len(p.regions))...)
}
