// Package tflite reads and writes TensorFlow Lite models.
//
// The types whose names end in T are the tables and unions of schema/tflite.fbs,
// with the names and fields of TFLite's C++ object API (tflite::ModelT); the
// other types are its enumerations. Read returns the model in a file, Write the
// file of a model, with the bytes that TFLite's C++ code writes.
package tflite

import (
	"bytes"
	"runtime"
)

// Read verifies the bytes of a file and returns the model in it. The error, a
// *FormatError, names the first invalid place.
//
// Data after the FlatBuffer, of buffers (offset and size) and of operators
// (large_custom_options_offset and size), become Data and CustomOptions like data
// inside; their offsets and sizes are 0 then.
//
// The model's byte slices and strings are views of data: data must neither
// change nor go away while the model is used. Data that change while Read runs, as a
// mapped file may, give an error at worst.
func Read(data []byte) (*ModelT, error) {
	m, _, err := ReadPrefix(data)
	return m, err
}

// ReadPrefix is Read for data that may have other bytes after the model. It returns
// how many belong to the model: up to the last one that a field or the data of a
// buffer has, and zeros that pad it to a multiple of 16, or of 8 or 4. Bytes of
// fields that the schema does not have count only where others follow.
func ReadPrefix(data []byte) (m *ModelT, size int64, err error) {
	inside := data[:min(len(data), maxInside)]
	m, v, err := readInside(inside)
	if err != nil {
		return nil, 0, err
	}
	outside, err := m.readOutside(data, v.budget+sharedTimes*int64(len(data)-len(inside)))
	if err != nil {
		return nil, 0, err
	}
	return m, padded(data, max(v.end, outside)), nil
}

// padded returns the end of the zeros that pad data[:end].
func padded(data []byte, end int64) int64 {
	for align := int64(16); align >= 4; align /= 2 {
		to := (end + align - 1) &^ (align - 1)
		if to <= int64(len(data)) && len(bytes.Trim(data[end:to], "\x00")) == 0 {
			return to
		}
	}
	return end
}

// readInside returns the model in a FlatBuffer as it stands there, and what verified it.
func readInside(data []byte) (*ModelT, *verifier, error) {
	root, v, err := verify(data)
	if err != nil {
		return nil, nil, err
	}
	m, err := unpack(data, root, v.copied)
	return m, v, err
}

// unpack makes the model of bytes that were verified, and may have changed since.
func unpack(data []byte, root int, copied int64) (m *ModelT, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // memory that cannot be accessed
			panic(r)
		case exceeded, runtime.Error: // an index: verified bytes have none out of range
			m, err = nil, &FormatError{"", ErrChanged.Error()}
		default:
			panic(r)
		}
	}()
	m = new(ModelT)
	unpackModel(&unpacker{data: data, budget: copied}, root, m)
	return m, nil
}
