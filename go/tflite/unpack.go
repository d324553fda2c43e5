package tflite

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// An unpacker makes structs of the tables of a verified FlatBuffer. Bytes and
// strings are views of data; all other values are copies.
//
// The bytes may have changed since they were verified: an index out of
// range is a panic then, and so is to copy more than was verified.
type unpacker struct {
	data   []byte
	budget int64   // bytes of vectors that may still be copied
	ints   []int32 // a chunk from which vectors of int32 are cut
}

// exceeded is the panic of an unpacker whose budget is spent. To allocate what a
// changed count asks for could end the process.
type exceeded struct{}

// A table is the position of a table in data, with its vtable.
type table struct {
	vtable []byte
	at     int
}

func (u *unpacker) table(at int) table {
	v := at - int(int32(binary.LittleEndian.Uint32(u.data[at:])))
	return table{u.data[v : v+int(binary.LittleEndian.Uint16(u.data[v:]))], at}
}

// field returns the position of the field whose entry in the vtable is at v, 0 if
// it is absent.
func (t table) field(v int) int {
	if v+2 > len(t.vtable) {
		return 0
	}
	if off := int(binary.LittleEndian.Uint16(t.vtable[v:])); off != 0 {
		return t.at + off
	}
	return 0
}

func (u *unpacker) indirect(p int) int { return p + int(u.uint32(p)) }

// optional follows the offset of a field, 0 stays 0.
func (u *unpacker) optional(p int) int {
	if p == 0 {
		return 0
	}
	return u.indirect(p)
}

// code reads the type of a union.
func (u *unpacker) code(p int) byte {
	if p == 0 {
		return 0
	}
	return u.data[p]
}

func (u *unpacker) bool(p int) bool       { return u.data[p] != 0 }
func (u *unpacker) byte(p int) byte       { return u.data[p] }
func (u *unpacker) int8(p int) int8       { return int8(u.data[p]) }
func (u *unpacker) uint16(p int) uint16   { return binary.LittleEndian.Uint16(u.data[p:]) }
func (u *unpacker) int32(p int) int32     { return int32(u.uint32(p)) }
func (u *unpacker) uint32(p int) uint32   { return binary.LittleEndian.Uint32(u.data[p:]) }
func (u *unpacker) int64(p int) int64     { return int64(u.uint64(p)) }
func (u *unpacker) uint64(p int) uint64   { return binary.LittleEndian.Uint64(u.data[p:]) }
func (u *unpacker) float32(p int) float32 { return math.Float32frombits(u.uint32(p)) }

// view returns the length of a vector and the position of its first element; p is
// that of the field.
func (u *unpacker) view(p int) (n, first int) {
	at := u.indirect(p)
	return int(u.uint32(at)), at + 4
}

// vector is view for a vector that is copied, of elements of the given size.
func (u *unpacker) vector(p, size int) (n, first int) {
	n, first = u.view(p)
	if u.budget -= int64(uint32(n)) * int64(size); u.budget < 0 {
		panic(exceeded{})
	}
	return n, first
}

func (u *unpacker) bytes(p int) []byte {
	n, first := u.view(p)
	return u.data[first : first+n : first+n]
}

func (u *unpacker) text(p int) string {
	b := u.bytes(p)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func (u *unpacker) texts(p int) []string {
	n, first := u.vector(p, 4)
	out := make([]string, n)
	for i := range out {
		out[i] = u.text(first + 4*i)
	}
	return out
}

func (u *unpacker) int32s(p int) []int32 {
	n, first := u.vector(p, 4)
	if n > len(u.ints) {
		u.ints = make([]int32, max(n, 1024))
	}
	out := u.ints[:n:n]
	u.ints = u.ints[n:]
	for i := range out {
		out[i] = u.int32(first + 4*i)
	}
	return out
}

func (u *unpacker) bools(p int) []bool       { return scalars(u, p, 1, (*unpacker).bool) }
func (u *unpacker) uint16s(p int) []uint16   { return scalars(u, p, 2, (*unpacker).uint16) }
func (u *unpacker) int64s(p int) []int64     { return scalars(u, p, 8, (*unpacker).int64) }
func (u *unpacker) float32s(p int) []float32 { return scalars(u, p, 4, (*unpacker).float32) }

func scalars[T any](u *unpacker, p, size int, get func(*unpacker, int) T) []T {
	n, first := u.vector(p, size)
	out := make([]T, n)
	for i := range out {
		out[i] = get(u, first+size*i)
	}
	return out
}

// unpackEnums reads a vector of an enumeration stored as uint32: the schema has no others.
func unpackEnums[T ~uint32](u *unpacker, p int, _ T) []T {
	n, first := u.vector(p, 4)
	out := make([]T, n)
	for i := range out {
		out[i] = T(u.uint32(first + 4*i))
	}
	return out
}

// unpackTable unpacks the table at the given position.
func unpackTable[T any](u *unpacker, at int, unpack func(*unpacker, int, *T)) *T {
	t := new(T)
	unpack(u, at, t)
	return t
}

// unpackTables unpacks a vector of tables into objects that lie side by side.
func unpackTables[T any](u *unpacker, p int, unpack func(*unpacker, int, *T)) []*T {
	n, first := u.vector(p, 4)
	objects := make([]T, n)
	out := make([]*T, n)
	for i := range objects {
		unpack(u, u.indirect(first+4*i), &objects[i])
		out[i] = &objects[i]
	}
	return out
}
