package tflite

import "fmt"

// Identifier is the file identifier of every TFLite model.
const Identifier = "TFL3"

// A Region is the place of a buffer's data in a file.
type Region struct {
	Buffer *BufferT
	Index  int   // of the buffer in the model, or -1 for one that was added
	Offset int64 // from the start of the file, a multiple of 16
	Len    int
	// Outside says that the region lies after the FlatBuffer.
	Outside bool
}

// Packed is the file of a model without the data of its buffers and, until they are
// put, without the values of some of its vectors.
type Packed struct {
	dataLen   func(int, *BufferT) int
	keepEmpty bool
	outside   *placement // nil where all data are in the FlatBuffer
	buf       []byte     // memory that ends with the FlatBuffer without the regions
	meta      []byte     // the file without the regions: the end of buf, padded
	inside    int        // bytes of meta that lie in the FlatBuffer
	numbers   numbers    // in meta
	size      int64
	regions   []Region // by offset
	before    []int    // by region: the bytes of meta up to it
}

// A Layout says how a model is laid out. The zero value is that of FlatBuffers' C++
// object API, with TensorFlow's schema.
type Layout struct {
	// DataLen gives the length in bytes of the data of each buffer of the model, by
	// its index; the data need not be there yet. Nil stands for the length of Data.
	DataLen func(i int, b *BufferT) int
	// Inside is the largest size of the FlatBuffer in bytes; 0 or more than 2^31-1
	// stands for 2^31-1.
	Inside int64
	// KeepEmpty keeps fields that are present and empty, where a runtime tells them
	// from absent ones: C++'s object API drops them.
	KeepEmpty bool
}

// Pack is Layout's Pack with the given DataLen.
func Pack(m *ModelT, dataLen func(i int, b *BufferT) int) (*Packed, error) {
	return Layout{DataLen: dataLen}.Pack(m)
}

// Pack lays a model out.
//
// A model that is larger than Inside gets the data of its buffers after the
// FlatBuffer, in the order of the buffers, each at a multiple of 16 bytes. The
// error matches ErrTooLarge where the rest is larger than that too, and ErrModel
// for a model that Check refuses.
func (l Layout) Pack(m *ModelT) (*Packed, error) {
	dataLen, most := l.DataLen, int64(maxInside)
	if dataLen == nil {
		dataLen = dataLength
	}
	if l.Inside > 0 {
		most = min(most, l.Inside)
	}
	if err := check(m, dataLen); err != nil {
		return nil, err
	}
	e := estimateOf(m)
	p := &Packed{
		dataLen:   dataLen,
		keepEmpty: l.KeepEmpty,
		buf:       make([]byte, e.bytes),
		numbers:   numbers{floats: make([]placed[float32], 0, e.floats), ints: make([]placed[int64], 0, e.ints)},
	}
	b := p.pack(m)
	if b.size > most {
		p.outside = placeOutside(m, dataLen)
		if b = p.pack(m); b.size > most {
			return nil, fmt.Errorf("%w: %d bytes without the data of its buffers, want at most %d", ErrTooLarge, b.size, most)
		}
	}
	p.setRegions(b)
	if p.outside != nil {
		p.pack(m) // offsets are known now
	}
	return p, nil
}

func (p *Packed) setRegions(b *builder) {
	p.size = b.size
	for i := range b.reserved {
		r := b.reserved[len(b.reserved)-1-i]
		if p.outside != nil && r.index == len(p.outside.sources) {
			r.index = -1
		}
		p.regions = append(p.regions, Region{Buffer: r.buffer, Index: r.index, Offset: b.size - r.end - int64(r.len), Len: r.len})
	}
	if p.outside != nil {
		var outside []Region
		outside, p.size = p.outside.assignOffsets(b.size)
		p.regions = append(p.regions, outside...)
	}
	data := int64(0)
	p.before = make([]int, len(p.regions))
	for i, r := range p.regions {
		p.before[i] = int(r.Offset - data)
		data += int64(r.Len)
	}
}

// PutNumbers writes the present values of the model's vectors of float32 and int64
// (such as scales and zero points) to the pieces that Before returns, whose bytes
// for them are unspecified until then. Their lengths must be those at the time of
// Pack.
func (p *Packed) PutNumbers() { p.numbers.put(p.meta[:p.inside]) }

func (p *Packed) pack(m *ModelT) *builder {
	dataLen := p.dataLen
	if p.outside != nil {
		m = p.outside.model(m)
		dataLen = func(i int, b *BufferT) int {
			switch {
			case i == len(p.outside.sources): // the buffer that was added
				return len(b.Data)
			case p.outside.sources[i] != nil:
				return 0
			}
			return p.dataLen(i, b)
		}
	}
	used := 0
	if p.meta == nil {
		used = len(p.buf) // buf is new
	}
	b := newBuilder(p.buf, used, dataLen)
	b.keepEmpty = p.keepEmpty
	b.numbers = numbers{floats: p.numbers.floats[:0], ints: p.numbers.ints[:0]}
	b.finish(packModel(b, m))
	p.buf, p.meta, p.numbers = b.buf, b.buf[b.head:], b.numbers
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

// An estimate says how much memory packing a model takes. One that is too small
// only costs time.
type estimate struct {
	bytes        int // of the FlatBuffer, without the data of buffers
	floats, ints int // vectors
}

func estimateOf(m *ModelT) estimate {
	e := estimate{bytes: 4096 + 64*len(m.Buffers)}
	for _, sg := range m.Subgraphs {
		e.bytes += 120 * len(sg.Operators)
		for _, t := range sg.Tensors {
			e.bytes += 120 + len(t.Name)
			if t.Quantization != nil {
				e.addQuantization(t.Quantization)
			}
		}
	}
	return e
}

func (e *estimate) addQuantization(q *QuantizationParametersT) {
	e.bytes += 60 + 4*(len(q.Min)+len(q.Max)+len(q.Scale)) + 8*len(q.ZeroPoint)
	e.floats += min(1, len(q.Min)) + min(1, len(q.Max)) + min(1, len(q.Scale))
	e.ints += min(1, len(q.ZeroPoint))
}

// Size returns the size of the file in bytes: a multiple of 4, and of 16 where data
// lie after the FlatBuffer.
func (p *Packed) Size() int64 { return p.size }

// Regions returns the places of the data of buffers, by ascending offset.
// Buffers without data have none.
func (p *Packed) Regions() []Region { return p.regions }

// Before returns the bytes of the file between region i and the one before it,
// or the start of the file. With i the number of regions, it returns the bytes after
// the last.
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

// Write returns the file of a model, in the layout that Pack describes. The error
// matches ErrModel for a model that Check refuses, or ErrTooLarge.
func Write(m *ModelT) ([]byte, error) {
	p, err := Pack(m, nil)
	if err != nil {
		return nil, err
	}
	return p.Bytes(), nil
}

// Bytes returns the file with the present values of the model's vectors of float32
// and int64 and of the data of its buffers, whose lengths must be those given to
// Pack.
func (p *Packed) Bytes() []byte {
	p.PutNumbers()
	file := make([]byte, 0, p.Size())
	for i, r := range p.regions {
		file = append(file, p.Before(i)...)
		file = append(file, r.Buffer.Data...)
	}
	return append(file, p.Before(len(p.regions))...)
}
