package random

import (
	"encoding/binary"
	"math/rand/v2"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// A layer writes objects in random order: children, fields, explicit defaults,
// and fields that the schema does not have.
type layer struct {
	*rand.Rand
	b       *flatbuffers.Builder
	objects map[*object]flatbuffers.UOffsetT
	texts   map[text]flatbuffers.UOffsetT
}

func lay(r *rand.Rand, root *object) []byte {
	l := layer{r, flatbuffers.NewBuilder(1 << 12), map[*object]flatbuffers.UOffsetT{}, map[text]flatbuffers.UOffsetT{}}
	l.b.FinishWithFileIdentifier(l.object(root), []byte(tflite.Identifier))
	return l.b.FinishedBytes()
}

func (l *layer) object(o *object) flatbuffers.UOffsetT {
	if at, done := l.objects[o]; done {
		return at
	}
	children := make([]flatbuffers.UOffsetT, len(o.fields))
	for _, i := range l.Perm(len(o.fields)) {
		children[i] = l.child(&o.table.Fields[i], o.fields[i])
	}
	last := -1
	for _, f := range o.table.Fields {
		last = max(last, f.Slot)
	}
	l.b.StartObject(last + 3)
	for _, i := range l.Perm(len(o.fields)) {
		l.field(&o.table.Fields[i], o.fields[i], children[i])
	}
	if l.IntN(4) == 0 {
		l.b.PrependUint32(l.Uint32())
		l.b.Slot(last + 2)
	}
	at := l.b.EndObject()
	l.objects[o] = at
	return at
}

func (l *layer) field(f *schema.Field, v value, child flatbuffers.UOffsetT) {
	switch v := v.(type) {
	case nil:
		return
	case scalar:
		l.scalar(f.Kind, v)
	case member:
		if v.code != 0 || l.IntN(2) == 0 {
			l.scalar(schema.Uint8, scalar(v.code))
			l.b.Slot(f.Slot - 1)
		}
		if v.value == nil {
			return
		}
		l.b.PrependUOffsetT(child)
	default:
		l.b.PrependUOffsetT(child)
	}
	l.b.Slot(f.Slot)
}

func (l *layer) child(f *schema.Field, v value) flatbuffers.UOffsetT {
	switch v := v.(type) {
	case text:
		return l.text(v)
	case *object:
		return l.object(v)
	case member:
		if v.value != nil {
			return l.object(v.value)
		}
	case list:
		return l.list(f, v)
	}
	return 0
}

// text lets equal strings share their bytes now and then.
func (l *layer) text(v text) flatbuffers.UOffsetT {
	if at, done := l.texts[v]; done && l.IntN(2) == 0 {
		return at
	}
	at := l.b.CreateString(string(v))
	l.texts[v] = at
	return at
}

func (l *layer) list(f *schema.Field, v list) flatbuffers.UOffsetT {
	at := make([]flatbuffers.UOffsetT, len(v))
	if !f.Elem.Scalar() {
		for i := range v {
			at[i] = l.child(f, v[i])
		}
	}
	align := max(f.Elem.Size(), f.Align)
	l.b.StartVector(f.Elem.Size(), len(v), align)
	for i := len(v) - 1; i >= 0; i-- {
		if f.Elem.Scalar() {
			l.scalar(f.Elem, v[i].(scalar))
		} else {
			l.b.PrependUOffsetT(at[i])
		}
	}
	return l.b.EndVector(len(v))
}

func (l *layer) scalar(k schema.Kind, v scalar) {
	var bits [8]byte
	binary.LittleEndian.PutUint64(bits[:], uint64(v))
	l.b.Prep(k.Size(), 0)
	for i := k.Size() - 1; i >= 0; i-- {
		l.b.PlaceByte(bits[i])
	}
}
