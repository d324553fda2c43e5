package tflite

import (
	"encoding/binary"
	"math"
)

// A builder writes a FlatBuffer as FlatBuffers' C++ builder does: from its end
// to its start, so that a table or vector is written before the tables that refer
// to it. Positions are distances from the end, like the C++ builder's.
//
// The data of model buffers are left out: the builder only reserves space for
// them. So a model's layout is known before its weights are.
type builder struct {
	buf      []byte // ends with the bytes written, without the data of buffers
	head     int    // index in buf of the first byte written
	used     int    // index in buf of the first byte that may not be zero
	size     int64  // bytes written, with the data of buffers
	minAlign int64
	start    int64 // size when the current table was started
	fields   []fieldAt
	vtables  map[string]int64
	dataLen  func(i int, b *BufferT) int

	keepEmpty bool
	buffers   int // number of buffers written
	reserved  []reservation
	numbers   numbers
}

type fieldAt struct {
	slot int
	at   int64
}

// A reservation is the space for the data of one buffer.
type reservation struct {
	buffer *BufferT
	index  int
	end    int64 // distance of the byte after the data from the end of the file
	len    int
}

// newBuilder returns a builder that writes to the end of buf while that is large
// enough. used is the index in buf of the first byte that may not be zero.
func newBuilder(buf []byte, used int, dataLen func(int, *BufferT) int) *builder {
	return &builder{buf: buf, head: len(buf), used: used, minAlign: 1, vtables: map[string]int64{}, dataLen: dataLen}
}

// grow returns n bytes in front of those written. Their values are unspecified.
func (b *builder) grow(n int) []byte {
	if n > b.head {
		bigger := make([]byte, 2*len(b.buf)+n)
		more := len(bigger) - len(b.buf)
		copy(bigger[more+b.head:], b.buf[b.head:])
		b.buf, b.head, b.used = bigger, b.head+more, b.head+more
	}
	b.head -= n
	b.used = min(b.used, b.head)
	b.size += int64(n)
	return b.buf[b.head : b.head+n]
}

func (b *builder) pad(n int64) { clear(b.grow(int(n))) }

// prealign pads so that after n more bytes the position is a multiple of align.
func (b *builder) prealign(n, align int64) {
	b.minAlign = max(b.minAlign, align)
	b.pad(-(b.size + n) & (align - 1))
}

func (b *builder) push32(v uint32) {
	b.prealign(0, 4)
	binary.LittleEndian.PutUint32(b.grow(4), v)
}

func (b *builder) push64(v uint64) {
	b.prealign(0, 8)
	binary.LittleEndian.PutUint64(b.grow(8), v)
}

// refer writes an offset to the given position.
func (b *builder) refer(to int64) {
	b.prealign(0, 4)
	b.push32(uint32(b.size - to + 4))
}

func (b *builder) startTable() {
	b.start = b.size
	b.fields = b.fields[:0]
}

func (b *builder) field(slot int) { b.fields = append(b.fields, fieldAt{slot, b.size}) }

func (b *builder) boolField(slot int, v, deflt bool) {
	if v != deflt {
		b.grow(1)[0] = boolByte(v)
		b.field(slot)
	}
}

func (b *builder) byteField(slot int, v, deflt byte) {
	if v != deflt {
		b.grow(1)[0] = v
		b.field(slot)
	}
}

func (b *builder) int8Field(slot int, v, deflt int8) { b.byteField(slot, byte(v), byte(deflt)) }

func (b *builder) int32Field(slot int, v, deflt int32) { b.uint32Field(slot, uint32(v), uint32(deflt)) }

func (b *builder) uint32Field(slot int, v, deflt uint32) {
	if v != deflt {
		b.push32(v)
		b.field(slot)
	}
}

// float32Field leaves out -0 where the default is 0, as C++'s comparison does.
func (b *builder) float32Field(slot int, v, deflt float32) {
	if v != deflt {
		b.push32(math.Float32bits(v))
		b.field(slot)
	}
}

func (b *builder) int64Field(slot int, v, deflt int64) { b.uint64Field(slot, uint64(v), uint64(deflt)) }

func (b *builder) uint64Field(slot int, v, deflt uint64) {
	if v != deflt {
		b.push64(v)
		b.field(slot)
	}
}

// offsetField refers to the table, vector or string at a position; 0 stands for an absent one.
func (b *builder) offsetField(slot int, to int64) {
	if to != 0 {
		b.refer(to)
		b.field(slot)
	}
}

// endTable writes the table's head and its vtable, or refers to an equal vtable
// written before.
func (b *builder) endTable() int64 {
	b.push32(0)
	table, tableHead := b.size, len(b.buf)-b.head
	entries := 0
	for _, f := range b.fields {
		entries = max(entries, f.slot+1)
	}
	vtable := b.grow(4 + 2*entries)
	clear(vtable)
	binary.LittleEndian.PutUint16(vtable, uint16(len(vtable)))
	binary.LittleEndian.PutUint16(vtable[2:], uint16(table-b.start))
	for _, f := range b.fields {
		binary.LittleEndian.PutUint16(vtable[4+2*f.slot:], uint16(table-f.at))
	}
	used, known := b.vtables[string(vtable)]
	if known {
		b.head += len(vtable)
		b.size -= int64(len(vtable))
	} else {
		used = b.size
		b.vtables[string(vtable)] = used
	}
	binary.LittleEndian.PutUint32(b.buf[len(b.buf)-tableHead:], uint32(used-table))
	return table
}

// startVector pads for a vector of n elements and their count.
func (b *builder) startVector(n, size, align int) {
	b.prealign(int64(n*size), 4)
	b.prealign(int64(n*size), int64(align))
}

func (b *builder) endVector(n int) int64 {
	b.push32(uint32(n))
	return b.size
}

// text writes a string; an empty one is absent.
func (b *builder) text(s string) int64 {
	if s == "" {
		return 0
	}
	return b.presentText(s)
}

func (b *builder) presentText(s string) int64 {
	b.prealign(int64(len(s)+1), 4)
	to := b.grow(len(s) + 1)
	copy(to, s)
	to[len(s)] = 0
	return b.endVector(len(s))
}

// orEmpty writes an empty vector in the place of an absent one where the model has an
// empty one and the builder keeps those.
func (b *builder) orEmpty(at int64, present bool) int64 {
	if at != 0 || !present || !b.keepEmpty {
		return at
	}
	b.startVector(0, 1, 4)
	return b.endVector(0)
}

// orEmptyText writes an empty string in the place of an absent one where the builder
// keeps empty fields: in a model, a string that is absent is empty.
func (b *builder) orEmptyText(at int64) int64 {
	if at != 0 || !b.keepEmpty {
		return at
	}
	return b.presentText("")
}

// texts writes a vector of strings, in which empty ones are present.
func (b *builder) texts(v []string) int64 {
	return packEach(b, v, (*builder).presentText)
}

func packTables[T any](b *builder, v []*T, pack func(*builder, *T) int64) int64 {
	return packEach(b, v, pack)
}

func packEach[T any](b *builder, v []T, pack func(*builder, T) int64) int64 {
	if len(v) == 0 {
		return 0
	}
	at := make([]int64, len(v))
	for i := range v {
		at[i] = pack(b, v[i])
	}
	b.startVector(len(v), 4, 4)
	for i := len(at) - 1; i >= 0; i-- {
		b.refer(at[i])
	}
	return b.endVector(len(v))
}

// vector returns the bytes for a vector of n scalars, aligned; their values are unspecified.
func (b *builder) vector(n, size, align int) []byte {
	b.startVector(n, size, align)
	return b.grow(n * size)
}

func (b *builder) bytes(v []byte, align int) int64 {
	if len(v) == 0 {
		return 0
	}
	copy(b.vector(len(v), 1, align), v)
	return b.endVector(len(v))
}

func (b *builder) bools(v []bool, align int) int64 {
	return packScalars(b, v, 1, align, func(to []byte, x bool) { to[0] = boolByte(x) })
}

func (b *builder) uint16s(v []uint16, align int) int64 {
	return packScalars(b, v, 2, align, binary.LittleEndian.PutUint16)
}

func (b *builder) int32s(v []int32, align int) int64 {
	return packScalars(b, v, 4, align, func(to []byte, x int32) { binary.LittleEndian.PutUint32(to, uint32(x)) })
}

func packEnums[T ~uint32](b *builder, v []T) int64 {
	return packScalars(b, v, 4, 4, func(to []byte, x T) { binary.LittleEndian.PutUint32(to, uint32(x)) })
}

func packScalars[T any](b *builder, v []T, size, align int, put func([]byte, T)) int64 {
	if len(v) == 0 {
		return 0
	}
	to := b.vector(len(v), size, align)
	for i, x := range v {
		put(to[i*size:], x)
	}
	return b.endVector(len(v))
}

// data reserves space for the data of a buffer, aligned to 16 bytes as the schema
// asks for.
func (b *builder) data(t *BufferT) int64 {
	i := b.buffers
	b.buffers++
	n := b.dataLen(i, t)
	if n == 0 {
		return 0
	}
	b.startVector(n, 1, 16)
	b.reserved = append(b.reserved, reservation{t, i, b.size, n})
	b.size += int64(n)
	return b.endVector(n)
}

// finish writes the head of the file in front of the root table.
func (b *builder) finish(root int64) {
	b.prealign(8, b.minAlign)
	copy(b.grow(4), Identifier)
	b.refer(root)
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}
