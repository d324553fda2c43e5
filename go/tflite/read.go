// Package tflite reads and writes TensorFlow Lite models.
//
// The types whose names end in T are flatc's object types of schema/tflite.fbs
// and have the names and fields of TFLite's C++ object API (tflite::ModelT).
// Read makes them of a file, Write makes a file of them. Both are this
// package's own: flatc's Go code neither verifies nor gives the bytes that its
// C++ code gives.
package tflite

// Read verifies data and returns the model in it. The error, a *FormatError,
// names the first place that is not as it should be; nothing is read beyond it.
//
// Data that lie behind the FlatBuffer (Buffer.offset and size, and those of an
// operator's large custom options) become Data and CustomOptions like those
// inside; their offsets are 0 then.
//
// The model's byte slices and strings are views of data, which must neither
// change nor go away while the model is used.
func Read(data []byte) (*ModelT, error) {
	root, err := verify(data[:min(len(data), maxInside)])
	if err != nil {
		return nil, err
	}
	var m ModelT
	unpackModel(&unpacker{data: data}, root, &m)
	if err := m.takeOutside(data); err != nil {
		return nil, err
	}
	return &m, nil
}
