package encode

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// bits returns those of one value of a type, 0 for types that no source has.
func bits(t tflite.TensorType) uint64 {
	switch t {
	case tflite.TensorTypeFLOAT32, tflite.TensorTypeINT32:
		return 32
	case tflite.TensorTypeFLOAT16, tflite.TensorTypeINT16:
		return 16
	case tflite.TensorTypeINT8, tflite.TensorTypeUINT8:
		return 8
	case tflite.TensorTypeINT4:
		return 4
	case tflite.TensorTypeINT2:
		return 2
	}
	return 0
}

// IsSource reports whether a source can have values of the type.
func IsSource(t tflite.TensorType) bool { return bits(t) > 0 }

// sourceBits returns the bits of one value of a source of the type.
func sourceBits(t tflite.TensorType) uint64 {
	if !IsSource(t) {
		panic(fmt.Sprintf("encode: a source of type %v: want FLOAT32, FLOAT16, INT32, INT16, INT8, UINT8, INT4 or INT2", t))
	}
	return bits(t)
}

// SourceLen returns the bytes of n values of a source of the type. n is less than 2^59.
func SourceLen(t tflite.TensorType, n uint64) uint64 { return (n*sourceBits(t) + 7) / 8 }

// Values returns how many values the source has, all those of its last byte included.
func (s Source) Values() int { return int(uint64(len(s.Data)) * 8 / sourceBits(s.Type)) }

// Part returns the bytes of the values from one up to another, as far as there are any.
// Where several lie in a byte, from is the first of one.
func (s Source) Part(from, to int) []byte {
	n := uint64(len(s.Data))
	return s.Data[min(SourceLen(s.Type, uint64(from)), n):min(SourceLen(s.Type, uint64(to)), n)]
}

// Widen returns the values of a part of a source as float32, in room where they are not
// float32 already and room is large enough.
func (s Source) Widen(room, part []byte) []byte {
	if s.Type == tflite.TensorTypeFLOAT32 {
		return part
	}
	n := Source{s.Type, part}.Values()
	if cap(room) < floatSize*n {
		room = make([]byte, floatSize*n)
	}
	room = room[:floatSize*n]
	if s.Type == tflite.TensorTypeFLOAT16 {
		kernel.Float32(room, part[:halfSize*n])
		return room
	}
	for i := range n {
		binary.LittleEndian.PutUint32(room[floatSize*i:], math.Float32bits(s.integer(part, i)))
	}
	return room
}

// Read gives dst the values of a part, as many as both have.
func (s Source) Read(dst []float32, part []byte) {
	n := min(len(dst), Source{s.Type, part}.Values())
	switch s.Type {
	case tflite.TensorTypeFLOAT32, tflite.TensorTypeFLOAT16:
		values := s.Widen(nil, part)
		for i := range n {
			dst[i] = firstValue(values[floatSize*i:])
		}
	case tflite.TensorTypeINT8:
		for i, b := range part[:n] {
			dst[i] = float32(int8(b))
		}
	case tflite.TensorTypeINT4:
		for i := range n / 2 {
			b := int8(part[i])
			dst[2*i], dst[2*i+1] = float32(b<<4>>4), float32(b>>4)
		}
		if n%2 > 0 {
			dst[n-1] = s.integer(part, n-1)
		}
	default:
		for i := range n {
			dst[i] = s.integer(part, i)
		}
	}
}

// integer is value i of a part.
func (s Source) integer(part []byte, i int) float32 {
	switch s.Type {
	case tflite.TensorTypeINT32:
		return float32(int32(binary.LittleEndian.Uint32(part[4*i:])))
	case tflite.TensorTypeINT16:
		return float32(int16(binary.LittleEndian.Uint16(part[2*i:])))
	case tflite.TensorTypeUINT8:
		return float32(part[i])
	case tflite.TensorTypeINT4:
		return float32(int8(part[i/2]<<(4-i%2*4)) >> 4)
	case tflite.TensorTypeINT2:
		return float32(int8(part[i/4]<<(6-i%4*2)) >> 6)
	}
	return float32(int8(part[i]))
}

// Floats are float32 values in little-endian bytes.
func Floats(values []byte) []float32 {
	out := make([]float32, len(values)/floatSize)
	for i := range out {
		out[i] = firstValue(values[floatSize*i:])
	}
	return out
}
