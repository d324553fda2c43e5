package tflite

import (
	"fmt"
	"math"
	"slices"
)

// Data may lie behind the FlatBuffer, which addresses no more than 2 GB: at an
// offset from the start of the file. Offsets 0 and 1 mean that they do not; the
// runtime looks there only where there are no data inside.
const firstOutside = 2

// outsideAlign is the alignment of data behind the FlatBuffer that TFLite's
// converter writes, and that of Buffer.data inside.
const outsideAlign = 16

// maxInside is the size of the largest FlatBuffer.
const maxInside = math.MaxInt32

// A file says by this metadata that it has data behind its FlatBuffer. TFLite
// then refuses to load it without the file's end.
const (
	locationName    = "buffer_location"
	locationOutside = "outside flatbuffers"
)

// takeOutside makes data behind the FlatBuffer the data of what they belong to,
// as if they had been inside.
func (m *ModelT) takeOutside(file []byte) error {
	t := taker{file: file, budget: sharedFree + sharedTimes*int64(len(file))}
	for i, b := range m.Buffers {
		if err := t.take(&b.Data, &b.Offset, &b.Size); err != nil {
			return &FormatError{fmt.Sprintf("buffers[%d]", i), err.Error()}
		}
	}
	for i, sg := range m.Subgraphs {
		for j, op := range sg.Operators {
			if err := t.take(&op.CustomOptions, &op.LargeCustomOptionsOffset, &op.LargeCustomOptionsSize); err != nil {
				return &FormatError{fmt.Sprintf("subgraphs[%d].operators[%d].large_custom_options", i, j), err.Error()}
			}
		}
	}
	return nil
}

type taker struct {
	file   []byte
	budget int64 // bytes that may still be taken, as in verifier
}

func (t *taker) take(data *[]byte, offset, size *uint64) error {
	if *offset < firstOutside || len(*data) > 0 {
		return nil
	}
	if *data != nil { // an empty vector inside wins; written, it is absent, and then the offset would win
		*offset, *size = 0, 0
		return nil
	}
	from, n, end := *offset, *size, uint64(len(t.file))
	if n > end || from > end-n {
		return fmt.Errorf("its data are %d bytes from byte %d on, the file ends at %d; is its end missing?", n, from, end)
	}
	if t.budget -= int64(n); t.budget < 0 {
		return fmt.Errorf("too many data are at the same place: together they are more than %d times as large as the file", sharedTimes)
	}
	*data = t.file[from : from+n : from+n]
	*offset, *size = 0, 0
	return nil
}

// A placement keeps the data of buffers behind the FlatBuffer.
type placement struct {
	buffers  []*BufferT // of the FlatBuffer
	sources  []*BufferT // by index: whose data lie outside, nil for others
	metadata []*MetadataT
}

// placeOutside moves the data of all buffers but those of metadata, which
// TFLite reads inside alone.
func placeOutside(m *ModelT, dataLen func(int, *BufferT) int) *placement {
	p := &placement{buffers: slices.Clone(m.Buffers), metadata: m.Metadata}
	inside := make([]bool, len(m.Buffers))
	marked := false
	for _, d := range m.Metadata {
		if int64(d.Buffer) < int64(len(inside)) {
			inside[d.Buffer] = true
		}
		marked = marked || d.Name == locationName
	}
	p.sources = make([]*BufferT, len(m.Buffers))
	for i, b := range m.Buffers {
		if n := dataLen(i, b); n > 0 && !inside[i] {
			p.sources[i] = b
			p.buffers[i] = &BufferT{Offset: firstOutside, Size: uint64(n)} // the offset is known later
		}
	}
	if !marked {
		p.metadata = append(slices.Clone(m.Metadata), &MetadataT{Name: locationName, Buffer: uint32(len(p.buffers))})
		p.buffers = append(p.buffers, &BufferT{Data: []byte(locationOutside)})
	}
	return p
}

// model is m with its data moved.
func (p *placement) model(m *ModelT) *ModelT {
	out := *m
	out.Buffers, out.Metadata = p.buffers, p.metadata
	return &out
}

// lay gives the moved data their offsets, behind a FlatBuffer of the given
// size, and returns their regions and the size of the file. Everything is
// padded to 16 bytes, the end of the file too.
func (p *placement) lay(inside int64) (regions []Region, size int64) {
	size = aligned(inside)
	for i, b := range p.sources {
		if b == nil {
			continue
		}
		n := int64(p.buffers[i].Size)
		p.buffers[i].Offset = uint64(size)
		regions = append(regions, Region{Buffer: b, Index: i, Offset: size, Len: int(n), Outside: true})
		size = aligned(size + n)
	}
	return regions, size
}

func aligned(n int64) int64 { return (n + outsideAlign - 1) &^ (outsideAlign - 1) }
