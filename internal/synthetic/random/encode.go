package random

import (
	"encoding/binary"
	"math/rand/v2"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// An encoder writes objects in random order: children, fields, explicit defaults,
// and fields that the schema does not have.
type encoder struct {
	*rand.Rand
	b       *flatbuffers.Builder
	objects map[*object]flatbuffers.UOffsetT
	texts   map[text]flatbuffers.UOffsetT
}

func encode(r *rand.Rand, root *object) []byte {
	e := encoder{r, flatbuffers.NewBuilder(1 << 12), map[*object]flatbuffers.UOffsetT{}, map[text]flatbuffers.UOffsetT{}}
	e.b.FinishWithFileIdentifier(e.object(root), []byte(tflite.Identifier))
	return e.b.FinishedBytes()
}

func (e *encoder) object(o *object) flatbuffers.UOffsetT {
	if at, done := e.objects[o]; done {
		return at
	}
	children := make([]flatbuffers.UOffsetT, len(o.fields))
	for _, i := range e.Perm(len(o.fields)) {
		children[i] = e.child(&o.table.Fields[i], o.fields[i])
	}
	last := -1
	for _, f := range o.table.Fields {
		last = max(last, f.Slot)
	}
	e.b.StartObject(last + 3)
	for _, i := range e.Perm(len(o.fields)) {
		e.field(&o.table.Fields[i], o.fields[i], children[i])
	}
	if e.IntN(4) == 0 {
		e.b.PrependUint32(e.Uint32())
		e.b.Slot(last + 2)
	}
	at := e.b.EndObject()
	e.objects[o] = at
	return at
}

func (e *encoder) field(f *schema.Field, v value, child flatbuffers.UOffsetT) {
	switch v := v.(type) {
	case nil:
		return
	case scalar:
		e.scalar(f.Kind, v)
	case unionValue:
		if v.code != 0 || e.IntN(2) == 0 {
			e.scalar(schema.Uint8, scalar(v.code))
			e.b.Slot(f.Slot - 1)
		}
		if v.value == nil {
			return
		}
		e.b.PrependUOffsetT(child)
	default:
		e.b.PrependUOffsetT(child)
	}
	e.b.Slot(f.Slot)
}

func (e *encoder) child(f *schema.Field, v value) flatbuffers.UOffsetT {
	switch v := v.(type) {
	case text:
		return e.text(v)
	case *object:
		return e.object(v)
	case unionValue:
		if v.value != nil {
			return e.object(v.value)
		}
	case list:
		return e.list(f, v)
	}
	return 0
}

// text lets equal strings share their bytes now and then.
func (e *encoder) text(v text) flatbuffers.UOffsetT {
	if at, done := e.texts[v]; done && e.IntN(2) == 0 {
		return at
	}
	at := e.b.CreateString(string(v))
	e.texts[v] = at
	return at
}

func (e *encoder) list(f *schema.Field, v list) flatbuffers.UOffsetT {
	at := make([]flatbuffers.UOffsetT, len(v))
	if !f.Elem.Scalar() {
		for i := range v {
			at[i] = e.child(f, v[i])
		}
	}
	align := max(f.Elem.Size(), f.Align)
	e.b.StartVector(f.Elem.Size(), len(v), align)
	for i := len(v) - 1; i >= 0; i-- {
		if f.Elem.Scalar() {
			e.scalar(f.Elem, v[i].(scalar))
		} else {
			e.b.PrependUOffsetT(at[i])
		}
	}
	return e.b.EndVector(len(v))
}

func (e *encoder) scalar(k schema.Kind, v scalar) {
	var bits [8]byte
	binary.LittleEndian.PutUint64(bits[:], uint64(v))
	e.b.Prep(k.Size(), 0)
	for i := k.Size() - 1; i >= 0; i-- {
		e.b.PlaceByte(bits[i])
	}
}
