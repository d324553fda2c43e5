// Package schema holds schema/tflite.fbs as data: for code that walks any
// table, such as the verifier.
package schema

// A Kind says how a value is stored.
type Kind uint8

// Scalars, then what a 32-bit offset leads to.
const (
	None Kind = iota
	Bool
	Int8
	Uint8
	Int16
	Uint16
	Int32
	Uint32
	Int64
	Uint64
	Float32
	Float64
	String
	Object // a table
	Union  // a table whose type stands in the field before
	Vector
)

var sizes = [...]int{None: 0, Bool: 1, Int8: 1, Uint8: 1, Int16: 2, Uint16: 2, Int32: 4, Uint32: 4, Int64: 8, Uint64: 8,
	Float32: 4, Float64: 8, String: 4, Object: 4, Union: 4, Vector: 4}

// Size returns the bytes a value takes in a table or a vector: those of the
// scalar, or of the offset.
func (k Kind) Size() int { return sizes[k] }

// Scalar reports whether the value itself is stored, not an offset to it.
func (k Kind) Scalar() bool { return None < k && k <= Float64 }

// A Field is a field of a table that is not deprecated.
type Field struct {
	Name    string  // as in the schema
	Slot    int     // its id; for a Union that of the value, its type has Slot-1
	Kind    Kind    // of the field
	Elem    Kind    // of the elements, where Kind is Vector
	Ref     int     // index into Tables (Object, or a Vector of them) or Unions
	Align   int     // force_align in bytes, 0 where the schema asks for none
	Default float64 // of a scalar; every default of this schema is exact in a float64
}

// A Table is a table of the schema; Fields are in order of Slot.
type Table struct {
	Name   string
	Fields []Field
}

// A UnionType is a union of the schema. Members[code] is the index into Tables
// of the member with that type code; Members[0] is -1, for NONE.
type UnionType struct {
	Name    string
	Members []int
}

// TableNamed returns the index into Tables of a table by its name, -1 if there is none.
func TableNamed(name string) int {
	for i := range Tables {
		if Tables[i].Name == name {
			return i
		}
	}
	return -1
}
