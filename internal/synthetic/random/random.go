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
	g := generator{Rand: r, opcodes: 1 + r.IntN(6), buffers: 1 + r.IntN(6)}
	root := g.table(schema.Root)
	return encode(r, root)
}

// A value is that of a field: nil (absent), scalar, text, *object, unionValue or list.
type value any

type (
	scalar     uint64 // its bits
	text       string
	unionValue struct { // of a union; the object may be nil
		code  uint8
		value *object
	}
	object struct {
		table  *schema.Table
		fields []value // by index into table.Fields
	}
	list []value
)

// A generator makes random objects. It knows the numbers of operator codes and
// buffers before it makes any, since indices lead to them.
type generator struct {
	*rand.Rand
	opcodes, buffers, tensors int
	codes                     []int32 // builtin operators of the operator codes made so far
}

func (g *generator) table(i int) *object {
	t := &schema.Tables[i]
	o := &object{t, make([]value, len(t.Fields))}
	if t.Name == "SubGraph" {
		g.tensors = 1 + g.IntN(8)
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if v, fixed := g.constrained(t.Name, f); fixed {
			o.fields[i] = v
		} else if g.IntN(3) > 0 {
			o.fields[i] = g.value(f)
		}
	}
	return o
}

func (g *generator) value(f *schema.Field) value {
	switch {
	case f.Kind.Scalar():
		if g.IntN(4) == 0 {
			return scalar(defaultBits(f))
		}
		return g.scalar(f.Kind)
	case f.Kind == schema.String:
		return g.text()
	case f.Kind == schema.Object:
		return g.table(f.Ref)
	case f.Kind == schema.Union:
		return g.member(f)
	}
	return g.list(f, g.length(f.Elem))
}

// length is that of a vector: empty, short, and for scalars now and then long.
func (g *generator) length(elem schema.Kind) int {
	switch n := g.IntN(12); {
	case n == 0:
		return 0
	case n == 1 && elem.Scalar():
		return g.IntN(700)
	case elem.Scalar():
		return 1 + g.IntN(9)
	}
	return 1 + g.IntN(3)
}

func (g *generator) list(f *schema.Field, n int) list {
	l := make(list, n)
	for i := range l {
		switch {
		case f.Elem == schema.String:
			l[i] = g.text()
		case f.Elem == schema.Object && i > 0 && g.IntN(8) == 0:
			l[i] = l[i-1] // two offsets to one table
		case f.Elem == schema.Object:
			l[i] = g.table(f.Ref)
		default:
			l[i] = g.scalar(f.Elem)
		}
	}
	return l
}

// member returns the value of a union, mostly of a known type. Else the type is
// missing, or the value of a table without fields, or the type is not in the
// schema. A missing value of a table with fields would crash upstream.
func (g *generator) member(f *schema.Field) value {
	members := schema.Unions[f.Ref].Members
	code := 1 + g.IntN(len(members)-1)
	switch g.IntN(16) {
	case 0:
		if len(schema.Tables[members[code]].Fields) == 0 {
			return unionValue{uint8(code), nil}
		}
	case 1:
		return unionValue{0, g.table(members[code])}
	case 2:
		return unionValue{uint8(len(members) + g.IntN(256-len(members))), g.table(members[code])}
	}
	return unionValue{uint8(code), g.table(members[code])}
}

func (g *generator) text() value {
	b := make([]byte, [...]int{0, 1, 3, 4, 7, 20, 300}[g.IntN(7)])
	for i := range b {
		b[i] = byte(g.IntN(256))
	}
	return text(b)
}

func (g *generator) scalar(k schema.Kind) scalar {
	switch k {
	case schema.Bool:
		if g.IntN(4) == 0 {
			return scalar(g.IntN(256)) // any byte but 0 is true
		}
		return scalar(g.IntN(2))
	case schema.Float32:
		return scalar(math.Float32bits(g.float()))
	}
	if g.IntN(2) == 0 {
		return scalar(g.IntN(5)) // small values are what enumerations have
	}
	return scalar(g.Uint64() >> g.IntN(64))
}

func (g *generator) float() float32 {
	special := [...]float32{0, float32(math.Copysign(0, -1)), 1, -1, math.MaxFloat32, math.SmallestNonzeroFloat32,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	if i := g.IntN(2 * len(special)); i < len(special) {
		return special[i]
	}
	return float32(g.NormFloat64())
}

func defaultBits(f *schema.Field) uint64 {
	if f.Kind == schema.Float32 {
		return uint64(math.Float32bits(float32(f.Default)))
	}
	return uint64(int64(f.Default))
}
