// Package tflite reads and writes TensorFlow Lite models.
//
// The types whose names end in T are the tables and unions of schema/tflite.fbs,
// with the names and fields of TFLite's C++ object API (tflite::ModelT); the
// other types are its enumerations. Read returns the model in a file, Write the
// file of a model, with the bytes that TFLite's C++ code writes.
package tflite

// Read verifies the bytes of a file and returns the model in it. The error, a
// *FormatError, names the first invalid place.
//
// Data after the FlatBuffer, of buffers (offset and size) and of operators
// (large_custom_options_offset and size), become Data and CustomOptions like those
// inside; their offsets and sizes are 0 then.
//
// The model's byte slices and strings are views of data: data must neither
// change nor go away while the model is used.
func Read(data []byte) (*ModelT, error) {
	root, err := verify(data[:min(len(data), maxInside)])
	if err != nil {
		return nil, err
	}
	var m ModelT
	unpackModel(&unpacker{data: data}, root, &m)
	if err := m.readOutside(data); err != nil {
		return nil, err
	}
	return &m, nil
}
