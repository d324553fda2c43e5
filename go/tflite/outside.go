package tflite

import (
	"fmt"
	"math"
	"slices"
)

// Data may lie after the FlatBuffer, which addresses no more than 2 GB, at an
// offset from the start of the file. Offsets 0 and 1 mean that they do not. Data
// inside take precedence: with them, the runtime ignores the offset.
const firstOutside = 2

// outsideAlign is the alignment of data after the FlatBuffer in files of TFLite's
// converter, and that of Buffer.data inside.
const outsideAlign = 16

// maxInside is the size of the largest FlatBuffer.
const maxInside = math.MaxInt32

// Metadata of this name and value state that a file has data after its FlatBuffer.
// TFLite then refuses to load the file without its end.
const (
	locationName    = "buffer_location"
	locationOutside = "outside flatbuffers"
)

// readOutside sets the data of buffers and custom options that lie after the
// FlatBuffer, as if they had been inside, and returns where the last of them end, 0
// where there are none. budget is the bytes that they may have.
func (m *ModelT) readOutside(file []byte, budget int64) (end int64, err error) {
	r := outsideReader{file: file, budget: budget}
	for i, b := range m.Buffers {
		if err := r.read(&b.Data, &b.Offset, &b.Size); err != nil {
			return 0, &FormatError{fmt.Sprintf("buffers[%d]", i), err.Error()}
		}
	}
	for i, sg := range m.Subgraphs {
		for j, op := range sg.Operators {
			if err := r.read(&op.CustomOptions, &op.LargeCustomOptionsOffset, &op.LargeCustomOptionsSize); err != nil {
				return 0, &FormatError{fmt.Sprintf("subgraphs[%d].operators[%d].large_custom_options", i, j), err.Error()}
			}
		}
	}
	return r.end, nil
}

type outsideReader struct {
	file   []byte
	budget int64 // bytes that may still be read: what a verifier leaves
	end    int64 // where the last data that were read end
}

func (r *outsideReader) read(data *[]byte, offset, size *uint64) error {
	if *offset < firstOutside || len(*data) > 0 {
		return nil
	}
	if *data != nil { // empty data inside: Write leaves them out, and without them the offset would count
		*offset, *size = 0, 0
		return nil
	}
	from, n, end := *offset, *size, uint64(len(r.file))
	if n > end || from > end-n {
		return fmt.Errorf("unexpected end of file: %d bytes of data at byte %d, the file has %d", n, from, end)
	}
	if r.budget -= int64(n); r.budget < 0 {
		return fmt.Errorf("too many data at the same place: want an unpacked size of at most %d times that of the file", sharedTimes)
	}
	*data = r.file[from : from+n : from+n]
	r.end = max(r.end, int64(from+n))
	*offset, *size = 0, 0
	return nil
}

// A placement says which buffers have their data after the FlatBuffer.
type placement struct {
	buffers  []*BufferT // in the FlatBuffer: those with data outside have an offset and a size instead
	sources  []*BufferT // of the model, by index: those with data outside, nil for others
	metadata []*MetadataT
}

// placeOutside places the data of all buffers outside but of metadata's buffers,
// which TFLite reads only inside.
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

// assignOffsets gives the data outside their offsets, after a FlatBuffer of the
// given size, and returns their regions and the size of the file. All data and the
// end of the file are padded to 16 bytes.
func (p *placement) assignOffsets(inside int64) (regions []Region, size int64) {
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
