// Package random makes TFLite models for tests from the schema alone.
package random

import (
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// Model returns the file of a model in which every table, every member of every union and
// every field may occur: absent, with its default, with another value, empty or
// long; and which is laid out as no converter would, but validly. Equal seeds
// give equal models.
//
// Indices lead to what exists and shapes are positive, so that a program may
// follow them. Operators have more inputs than any has weights.
func Model(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0x7f1e))
	m := maker{Rand: r, opcodes: 1 + r.IntN(6), buffers: 1 + r.IntN(6)}
	root := m.table(schema.Root)
	return lay(r, root)
}

// A value is what a field holds: nil (absent), scalar, text, *object, member or []value.
type value any

type (
	scalar uint64 // its bits
	text   string
	member struct { // of a union; the object may be nil
		code  uint8
		value *object
	}
	object struct {
		table  *schema.Table
		fields []value // by index into table.Fields
	}
	list []value
)

// A maker makes objects. What indices may lead to is known before it begins.
type maker struct {
	*rand.Rand
	opcodes, buffers, tensors int
	codes                     []int32 // builtin operators of the operator codes made so far
}

func (m *maker) table(i int) *object {
	t := &schema.Tables[i]
	o := &object{t, make([]value, len(t.Fields))}
	if t.Name == "SubGraph" {
		m.tensors = 1 + m.IntN(8)
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if v, fixed := m.constrained(t.Name, f); fixed {
			o.fields[i] = v
		} else if m.IntN(3) > 0 {
			o.fields[i] = m.value(f)
		}
	}
	return o
}

func (m *maker) value(f *schema.Field) value {
	switch {
	case f.Kind.Scalar():
		if m.IntN(4) == 0 {
			return scalar(defaultBits(f))
		}
		return m.scalar(f.Kind)
	case f.Kind == schema.String:
		return m.text()
	case f.Kind == schema.Object:
		return m.table(f.Ref)
	case f.Kind == schema.Union:
		return m.member(f)
	}
	return m.list(f, m.length(f.Elem))
}

// length is that of a vector: empty, short, and for scalars now and then long.
func (m *maker) length(elem schema.Kind) int {
	switch n := m.IntN(12); {
	case n == 0:
		return 0
	case n == 1 && elem.Scalar():
		return m.IntN(700)
	case elem.Scalar():
		return 1 + m.IntN(9)
	}
	return 1 + m.IntN(3)
}

func (m *maker) list(f *schema.Field, n int) list {
	l := make(list, n)
	for i := range l {
		switch {
		case f.Elem == schema.String:
			l[i] = m.text()
		case f.Elem == schema.Object && i > 0 && m.IntN(8) == 0:
			l[i] = l[i-1] // two offsets to one table
		case f.Elem == schema.Object:
			l[i] = m.table(f.Ref)
		default:
			l[i] = m.scalar(f.Elem)
		}
	}
	return l
}

// member is one of a known type mostly; else the type is missing, or the value
// of a table without fields, or the type is one that only a later schema may
// know. A missing value of another table would crash upstream.
func (m *maker) member(f *schema.Field) value {
	members := schema.Unions[f.Ref].Members
	code := 1 + m.IntN(len(members)-1)
	switch m.IntN(16) {
	case 0:
		if len(schema.Tables[members[code]].Fields) == 0 {
			return member{uint8(code), nil}
		}
	case 1:
		return member{0, m.table(members[code])}
	case 2:
		return member{uint8(len(members) + m.IntN(256-len(members))), m.table(members[code])}
	}
	return member{uint8(code), m.table(members[code])}
}

func (m *maker) text() value {
	b := make([]byte, [...]int{0, 1, 3, 4, 7, 20, 300}[m.IntN(7)])
	for i := range b {
		b[i] = byte(m.IntN(256))
	}
	return text(b)
}

func (m *maker) scalar(k schema.Kind) scalar {
	switch k {
	case schema.Bool:
		if m.IntN(4) == 0 {
			return scalar(m.IntN(256)) // any byte but 0 is true
		}
		return scalar(m.IntN(2))
	case schema.Float32:
		return scalar(math.Float32bits(m.float()))
	}
	if m.IntN(2) == 0 {
		return scalar(m.IntN(5)) // small values are what enumerations have
	}
	return scalar(m.Uint64() >> m.IntN(64))
}

func (m *maker) float() float32 {
	special := [...]float32{0, float32(math.Copysign(0, -1)), 1, -1, math.MaxFloat32, math.SmallestNonzeroFloat32,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	if i := m.IntN(2 * len(special)); i < len(special) {
		return special[i]
	}
	return float32(m.NormFloat64())
}

func defaultBits(f *schema.Field) uint64 {
	if f.Kind == schema.Float32 {
		return uint64(math.Float32bits(float32(f.Default)))
	}
	return uint64(int64(f.Default))
}
