package loss

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// An encoding is a constant that is encoded part by part.
type encoding struct {
	encode.Encoding
	format encode.Format
	shape  []int32
	source encode.Source
	parts  encode.Parts
	room   []byte // of float32 values that are made of others
}

// partBytes is about how many bytes of float32 are encoded at once.
const partBytes = 1 << 20

func (e *encoding) measure() *Loss {
	encoder := e.Encoder()
	e.parts = encoder.Parts(partBytes)
	if e.parts.Look {
		e.look(encoder)
	}
	l := &Loss{}
	var data, scales []byte
	for i := range e.count() {
		from, to := encode.Share(e, e.Len(), e.parts, i)
		scalesFrom, scalesTo := encode.Share(e, e.ScalesLen(), e.parts, i)
		data, scales = resized(data, to-from), resized(scales, scalesTo-scalesFrom)
		values := e.values(i)
		encoder.Store(data, scales, values, i)
		first := i * e.parts.Values
		given := &Values{Len: len(values) / 4, source: encode.Source{Type: tflite.TensorTypeFLOAT32, Data: values}}
		made := encoded(e.format, encoder.Numbers(), data, scales, e.shape, first, min(e.parts.Values, e.Values()-first))
		Each(given, made, l.Add)
	}
	return l
}

func (e *encoding) look(encoder encode.Encoder) {
	for i := range e.count() {
		encoder.Look(e.values(i), i)
	}
	encoder.Decide(func(yield func([]byte) bool) {
		for i := range e.count() {
			if !yield(e.values(i)) {
				return
			}
		}
	})
}

func (e *encoding) count() int { return (e.Values() + e.parts.Values - 1) / e.parts.Values }

// values are those of a part, as far as there are any. They are overwritten by the next.
func (e *encoding) values(part int) []byte {
	first := part * e.parts.Values
	data := e.source.Part(first, min(first+e.parts.Values, e.Values()))
	if e.room == nil && e.source.Type != tflite.TensorTypeFLOAT32 {
		e.room = make([]byte, 4*e.parts.Values)
	}
	return e.source.Widen(e.room, data)
}

func resized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
