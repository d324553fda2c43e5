package reference

import (
	"encoding/binary"
	"fmt"
)

// A Tensor is an input or output of a model.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int32
	Data  []byte // elements in order, little-endian, as the runtime holds them
}

// A Type is a TfLiteType: the element type of a tensor at run time. Its numbers are
// not those of the schema's TensorType.
type Type int32

// The element types that models mostly have.
const (
	Float32 Type = 1
	Int32   Type = 2
	UInt8   Type = 3
	Int64   Type = 4
	String  Type = 5
	Bool    Type = 6
	Int16   Type = 7
	Int8    Type = 9
	Float16 Type = 10
	Float64 Type = 11
)

// encodeTensors is the inverse of decodeTensors.
func encodeTensors(tensors []Tensor) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, uint32(len(tensors)))
	for _, t := range tensors {
		b = le.AppendUint32(b, uint32(t.Type))
		b = le.AppendUint32(b, uint32(len(t.Name)))
		b = append(b, t.Name...)
		b = le.AppendUint32(b, uint32(len(t.Shape)))
		for _, dim := range t.Shape {
			b = le.AppendUint32(b, uint32(dim))
		}
		b = le.AppendUint64(b, uint64(len(t.Data)))
		b = append(b, t.Data...)
	}
	return b
}

// decodeTensors reads a list of tensors (cc/tensors.h), whose data stay views of b.
func decodeTensors(b []byte) ([]Tensor, error) {
	d := decoder{bytes: b}
	var tensors []Tensor
	for range d.uint32() {
		t := Tensor{Type: Type(d.uint32())}
		t.Name = string(d.take(uint64(d.uint32())))
		for range d.uint32() {
			if d.failed {
				break
			}
			t.Shape = append(t.Shape, int32(d.uint32()))
		}
		t.Data = d.take(d.uint64())
		if d.failed {
			return nil, fmt.Errorf("tensors: end inside tensor %d, expected more than %d bytes", len(tensors), len(b))
		}
		tensors = append(tensors, t)
	}
	return tensors, nil
}
