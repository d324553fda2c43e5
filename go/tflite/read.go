// Package tflite reads and writes TensorFlow Lite models.
//
// The types whose names end in T are the tables and unions of schema/tflite.fbs,
// with the names and fields of TFLite's C++ object API (tflite::ModelT); the
// other types are its enumerations. Read returns the model in a file, Write the
// file of a model, with the bytes that TFLite's C++ code writes.
package tflite

import "runtime"

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
	inside := data[:min(len(data), maxInside)]
	m, budget, err := readInside(inside)
	if err != nil {
		return nil, err
	}
	if err := m.readOutside(data, budget+sharedTimes*int64(len(data)-len(inside))); err != nil {
		return nil, err
	}
	return m, nil
}

const reasonChanged = "its bytes changed while they were read"

// readInside returns the model in a FlatBuffer as it stands there, and the bytes
// that data after it may have.
func readInside(data []byte) (m *ModelT, budget int64, err error) {
	v, err := verify(data)
	if err != nil {
		return nil, 0, err
	}
	m, err = unpack(data, v)
	return m, v.budget, err
}

// unpack makes the model of bytes that were verified, and may have changed since.
func unpack(data []byte, v verified) (m *ModelT, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // memory that cannot be accessed
			panic(r)
		case exceeded, runtime.Error: // an index: verified bytes have none out of range
			m, err = nil, &FormatError{"", reasonChanged}
		default:
			panic(r)
		}
	}()
	m = new(ModelT)
	unpackModel(&unpacker{data: data, budget: v.copied}, v.root, m)
	return m, nil
}
