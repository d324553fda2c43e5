package tflite

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

// outsideModel has data of several lengths, metadata, and a buffer without data.
func outsideModel() *ModelT {
	m := &ModelT{Version: 3, Description: "outside", Metadata: []*MetadataT{{Name: "min_runtime_version", Buffer: 3}}}
	for n := range 6 {
		m.Buffers = append(m.Buffers, &BufferT{Data: bytes.Repeat([]byte{byte('a' + n)}, 40*n+n)})
	}
	m.Buffers[0].Data = nil
	return m
}

func writeWithin(t *testing.T, m *ModelT, most int64) []byte {
	t.Helper()
	p, err := Layout{Inside: most}.Pack(m)
	if err != nil {
		t.Fatal(err)
	}
	return p.Bytes()
}

// writeUnchecked writes a model without data, also one that Check refuses.
func writeUnchecked(m *ModelT) []byte { return writeTo(nil, m) }

// writeTo is writeUnchecked to memory with any bytes in it.
func writeTo(memory []byte, m *ModelT) []byte {
	b := newBuilder(memory, 0, dataLength)
	b.finish(packModel(b, m))
	b.numbers.put(b.buf[b.head:])
	return b.buf[b.head:]
}

// Data move after the FlatBuffer when it would be too large, in order, aligned,
// and the file reads as the same model.
func TestDataMoveBehindATooLargeFlatBuffer(t *testing.T) {
	m := outsideModel()
	inside := writeWithin(t, m, math.MaxInt32)
	out := writeWithin(t, m, int64(len(inside))-1)
	if len(out)%outsideAlign != 0 {
		t.Errorf("the file has %d bytes, want a multiple of %d", len(out), outsideAlign)
	}
	raw, _, err := readInside(out)
	if err != nil {
		t.Fatal(err)
	}
	last := uint64(0)
	for i, b := range raw.Buffers[:len(m.Buffers)] {
		want := m.Buffers[i].Data
		if i == 3 || want == nil { // metadata, and a buffer without data
			if !bytes.Equal(b.Data, want) || b.Offset != 0 || b.Size != 0 {
				t.Errorf("buffer %d is outside, want it inside", i)
			}
			continue
		}
		if b.Data != nil || b.Offset%outsideAlign != 0 || b.Offset < last || b.Size != uint64(len(want)) {
			t.Errorf("buffer %d: %d bytes at %d, with %d inside", i, b.Size, b.Offset, len(b.Data))
		}
		last = b.Offset + b.Size
	}
	again, err := Read(out)
	if err != nil {
		t.Fatal(err)
	}
	if d := again.Metadata[1]; d.Name != "buffer_location" || string(again.Buffers[d.Buffer].Data) != "outside flatbuffers" {
		t.Errorf("the metadata are %q, %q", d.Name, again.Buffers[d.Buffer].Data)
	}
	if !bytes.Equal(writeWithin(t, again, int64(len(inside))-1), out) {
		t.Error("read and written again, the bytes differ")
	}
	again.Metadata, again.Buffers = again.Metadata[:1], again.Buffers[:len(m.Buffers)]
	if got := writeWithin(t, again, math.MaxInt32); !bytes.Equal(got, inside) {
		t.Error("moved back inside, the bytes differ")
	}
}

func TestAModelThatIsTooLargeWithoutItsDataIsAnError(t *testing.T) {
	m := outsideModel()
	m.Description = strings.Repeat("long", 100)
	if _, err := (Layout{Inside: 300}).Pack(m); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v does not match ErrTooLarge", err)
	}
}

// Read checks offsets of data after the FlatBuffer before it follows them.
func TestRangesOutsideTheFileAreRefused(t *testing.T) {
	size := uint64(len(writeUnchecked(&ModelT{Buffers: []*BufferT{{Offset: 1 << 40, Size: 5}}})))
	for _, c := range []struct {
		offset, size uint64
		error        string
	}{
		{size - 5, 5, ""},
		{size - 8, 0, ""},
		{size, 1, "unexpected end of file: 1 bytes"},
		{size - 4, 5, "unexpected end of file: 5 bytes"},
		{math.MaxUint64, 5, "unexpected end of file"},
		{2, math.MaxUint64, "unexpected end of file"},
		{1, math.MaxUint64, ""}, // 0 and 1 stand for no data outside
	} {
		expectRead(t, &ModelT{Buffers: []*BufferT{{Offset: c.offset, Size: c.size}}}, "buffers[0]", c.error)
	}
	op := &OperatorT{LargeCustomOptionsOffset: 1 << 20, LargeCustomOptionsSize: 5}
	expectRead(t, &ModelT{Subgraphs: []*SubGraphT{{Operators: []*OperatorT{op}}}}, "subgraphs[0].operators[0].large_custom_options", "unexpected end of file")
}

// A FlatBuffer has at most 2^31-1 bytes, however many Inside asks for.
func TestDataThatDoNotFitMoveWhateverTheLimit(t *testing.T) {
	m := &ModelT{Buffers: []*BufferT{{}, {}}}
	for _, most := range []int64{math.MaxInt32, math.MaxInt64} {
		p, err := Layout{DataLen: func(i int, _ *BufferT) int { return i * math.MaxInt32 }, Inside: most}.Pack(m)
		if err != nil {
			t.Fatal(err)
		}
		if r := p.Regions()[len(p.Regions())-1]; r.Index != 1 || !r.Outside {
			t.Errorf("at most %d bytes: %+v is in the FlatBuffer, want it outside", most, r)
		}
	}
}

func expectRead(t *testing.T, m *ModelT, path, text string) {
	t.Helper()
	_, err := Read(writeUnchecked(m))
	if text == "" {
		if err != nil {
			t.Error(err)
		}
		return
	}
	var form *FormatError
	if !errors.As(err, &form) || form.Path != path || !strings.Contains(form.Reason, text) {
		t.Errorf("%v, want %q of %s", err, text, path)
	}
}

// A small file whose buffers all have the same bytes outside is refused.
func TestManyBuffersAtOnePlaceAreRefused(t *testing.T) {
	m := &ModelT{Description: strings.Repeat("x", 1<<20)}
	for range 100 {
		m.Buffers = append(m.Buffers, &BufferT{Offset: 16, Size: 1 << 20})
	}
	if _, err := Read(writeUnchecked(m)); !errors.Is(err, ErrFormat) {
		t.Errorf("%v does not match ErrFormat", err)
	}
}

func TestCustomOptionsOutsideAreRead(t *testing.T) {
	op := &OperatorT{LargeCustomOptionsOffset: 4, LargeCustomOptionsSize: 4}
	file := writeUnchecked(&ModelT{Subgraphs: []*SubGraphT{{Operators: []*OperatorT{op}}}})
	m, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Subgraphs[0].Operators[0]; string(got.CustomOptions) != Identifier || got.LargeCustomOptionsOffset != 0 || got.LargeCustomOptionsSize != 0 {
		t.Errorf("%q, at %d", got.CustomOptions, got.LargeCustomOptionsOffset)
	}
}
