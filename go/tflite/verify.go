package tflite

import (
	"encoding/binary"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// A file in which many offsets lead to the same bytes unpacks to far more than
// its size. Converters share vtables, which do not count, and little else: real
// models unpack to 1.03 times their size at most. A file beyond these bounds was made
// to exhaust memory.
const (
	sharedTimes = 4
	sharedFree  = 64 << 10
)

// A verifier checks, before anything is read, that every offset of a
// FlatBuffer leads to a value of the type that the schema gives, within the
// buffer and aligned. It accepts the files that FlatBuffers' C++ verifier accepts,
// within the bounds above.
type verifier struct {
	data   []byte
	budget int64 // bytes that may still be visited
	copied int64 // bytes of vectors that unpacking copies
	end    int64 // where the last byte that was visited ends
}

// verify returns where the root table is, and the verifier that knows more.
func verify(data []byte) (root int, v *verifier, err error) {
	if len(data) < 8 {
		return 0, nil, &FormatError{"", fmt.Sprintf("unexpected end of file: %d bytes, want at least 8", len(data))}
	}
	if id := data[4:8]; string(id) != Identifier {
		return 0, nil, &FormatError{"", fmt.Sprintf("invalid identifier %q in bytes 4 to 7: want %q", id, Identifier)}
	}
	v = &verifier{data: data, budget: sharedFree + sharedTimes*int64(len(data))}
	at, f := v.follow(0)
	if f == nil {
		f = v.table(at, &schema.Tables[schema.Root])
	}
	if f != nil {
		return 0, nil, &FormatError{f.path, f.reason}
	}
	return at, v, nil
}

// inside checks that the n bytes at the given position are aligned, in the
// buffer and within the budget.
func (v *verifier) inside(what string, at, n int64, align int) *fault {
	if f := v.within(what, at, n, align); f != nil {
		return f
	}
	v.budget -= n
	if v.budget < 0 {
		return faultf("too many offsets to the same bytes: want an unpacked size of at most %d times that of the file", sharedTimes)
	}
	return nil
}

// within is inside without the budget.
func (v *verifier) within(what string, at, n int64, align int) *fault {
	if at < 0 || n > int64(len(v.data)) || at > int64(len(v.data))-n {
		return faultf("unexpected end of file: %s at bytes %d to %d, the file has %d", what, at, at+n, len(v.data))
	}
	if at%int64(align) != 0 {
		return faultf("misaligned %s at byte %d: want a multiple of %d", what, at, align)
	}
	v.end = max(v.end, at+n)
	return nil
}

// follow returns where the offset at the given position leads.
func (v *verifier) follow(at int) (int, *fault) {
	if f := v.inside("offset", int64(at), 4, 4); f != nil {
		return 0, f
	}
	off := int64(binary.LittleEndian.Uint32(v.data[at:]))
	to := int64(at) + off
	if off == 0 {
		return 0, faultf("invalid offset 0 at byte %d", at)
	}
	if to > int64(len(v.data)) {
		return 0, faultf("unexpected end of file: the offset at byte %d leads to byte %d, the file has %d", at, to, len(v.data))
	}
	return int(to), nil
}

func (v *verifier) vtable(at int) ([]byte, *fault) {
	if f := v.inside("table", int64(at), 4, 4); f != nil {
		return nil, f
	}
	vt := int64(at) - int64(int32(binary.LittleEndian.Uint32(v.data[at:])))
	if f := v.inside("vtable", vt, 4, 2); f != nil {
		return nil, f
	}
	n := int64(binary.LittleEndian.Uint16(v.data[vt:]))
	if n < 4 || n%2 != 0 {
		return nil, faultf("invalid length %d of the vtable at byte %d: want an even number, at least 4", n, vt)
	}
	if f := v.within("vtable", vt, n, 2); f != nil {
		return nil, f
	}
	return v.data[vt : vt+n], nil
}

func (v *verifier) table(at int, t *schema.Table) *fault {
	vtable, f := v.vtable(at)
	if f != nil {
		return f
	}
	here := table{vtable, at}
	for i := range t.Fields {
		if f := v.field(here, &t.Fields[i]); f != nil {
			return f.in(t.Fields[i].Name)
		}
	}
	return nil
}

func (v *verifier) field(t table, f *schema.Field) *fault {
	if f.Kind == schema.Union {
		return v.union(t, f)
	}
	p := t.field(4 + 2*f.Slot)
	if p == 0 {
		return nil
	}
	if f.Kind.Scalar() {
		return v.inside("field", int64(p), int64(f.Kind.Size()), f.Kind.Size())
	}
	at, fail := v.follow(p)
	if fail != nil {
		return fail
	}
	switch f.Kind {
	case schema.String:
		return v.text(at)
	case schema.Object:
		return v.table(at, &schema.Tables[f.Ref])
	}
	return v.vector(at, f)
}

// union accepts any value of a type that the schema does not have.
func (v *verifier) union(t table, f *schema.Field) *fault {
	code := 0
	if p := t.field(4 + 2*(f.Slot-1)); p != 0 {
		if fail := v.inside("union type", int64(p), 1, 1); fail != nil {
			return fail
		}
		code = int(v.data[p])
	}
	p := t.field(4 + 2*f.Slot)
	if p == 0 {
		return nil
	}
	at, fail := v.follow(p)
	if fail != nil {
		return fail
	}
	if members := schema.Unions[f.Ref].Members; 0 < code && code < len(members) {
		return v.table(at, &schema.Tables[members[code]])
	}
	return nil
}

func (v *verifier) count(what string, at, size int) (int, *fault) {
	if f := v.inside(what, int64(at), 4, 4); f != nil {
		return 0, f
	}
	n := int64(binary.LittleEndian.Uint32(v.data[at:]))
	if f := v.inside(what, int64(at)+4, n*int64(size), 1); f != nil {
		return 0, f
	}
	return int(n), nil
}

func (v *verifier) text(at int) *fault {
	n, f := v.count("string", at, 1)
	if f != nil {
		return f
	}
	if end := at + 4 + n; end >= len(v.data) || v.data[end] != 0 {
		return faultf("missing zero byte at the end of the string at byte %d", at)
	} else {
		v.end = max(v.end, int64(end)+1)
	}
	return nil
}

func (v *verifier) vector(at int, f *schema.Field) *fault {
	n, fail := v.count("vector", at, f.Elem.Size())
	if fail == nil && f.Elem != schema.Uint8 {
		v.copied += int64(n) * int64(f.Elem.Size())
	}
	if fail != nil || f.Elem.Scalar() {
		return fail
	}
	for i := 0; i < n; i++ {
		to, fail := v.follow(at + 4 + 4*i)
		if fail == nil && f.Elem == schema.String {
			fail = v.text(to)
		} else if fail == nil {
			fail = v.table(to, &schema.Tables[f.Ref])
		}
		if fail != nil {
			return fail.at(i)
		}
	}
	return nil
}
