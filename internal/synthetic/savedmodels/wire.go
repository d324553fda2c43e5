package savedmodels

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// A message is an encoded protocol buffer that fields are appended to.
type message []byte

func (m message) varint(number, value uint64) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, number<<3), value)
}

func (m message) float(number uint64, value float32) message {
	return binary.LittleEndian.AppendUint32(binary.AppendUvarint(m, number<<3|5), math.Float32bits(value))
}

func (m message) bytes(number uint64, value []byte) message {
	m = binary.AppendUvarint(m, number<<3|2)
	return append(binary.AppendUvarint(m, uint64(len(value))), value...)
}

func (m message) text(number uint64, value string) message { return m.bytes(number, []byte(value)) }

// entries appends a map whose keys are strings, in ascending order.
func entries[V any](m message, number uint64, values map[string]V, encode func(V) message) message {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		m = m.bytes(number, message(nil).text(1, key).bytes(2, encode(values[key])))
	}
	return m
}

// shape encodes a TensorShapeProto, where -1 is a free dimension.
func shape(dims []int64) message {
	var m message
	for _, d := range dims {
		m = m.bytes(2, message(nil).varint(1, uint64(d)))
	}
	return m
}

func floats(values []float32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
