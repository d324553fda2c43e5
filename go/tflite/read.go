// Package tflite reads and writes TensorFlow Lite models.
//
// The types whose names end in T are flatc's object types of schema/tflite.fbs
// and have the names and fields of TFLite's C++ object API (tflite::ModelT).
// Read makes them of a file, Write makes a file of them. Both are this
// package's own: flatc's Go code neither verifies nor gives the bytes that its
// C++ code gives.
package tflite

import "runtime"

// Read verifies data and returns the model in it. The error, a *FormatError,
// names the first place that is not as it should be; nothing is read beyond it.
//
// Data that lie behind the FlatBuffer (Buffer.offset and size, and those of an
// operator's large custom options) become Data and CustomOptions like those
// inside; their offsets are 0 then.
//
// The model's byte slices and strings are views of data, which must neither
// change nor go away while the model is used. Data that change while Read runs,
// as a mapped file's may, are an error at most.
func Read(data []byte) (*ModelT, error) {
	m, err := readInside(data[:min(len(data), maxInside)])
	if err != nil {
		return nil, err
	}
	if err := m.takeOutside(data); err != nil {
		return nil, err
	}
	return m, nil
}

const reasonChanged = "its bytes changed while they were read"

// readInside returns the model in a FlatBuffer as it stands there.
func readInside(data []byte) (*ModelT, error) {
	root, copied, err := verify(data)
	if err != nil {
		return nil, err
	}
	return unpack(data, root, copied)
}

// unpack makes the model of bytes that were verified, and may have changed since.
func unpack(data []byte, root int, copied int64) (m *ModelT, err error) {
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
	unpackModel(&unpacker{data: data, budget: copied}, root, m)
	return m, nil
}
