// Package reference runs TensorFlow's own code on models, for tests to compare
// with: its compiled QuantizeWeights (Quantizer), its converter (Converter) and the
// TensorFlow Lite runtime (Runner).
//
// Each client keeps one process of a C++ program (folder cc) and sends it model
// after model. All of these libraries crash on malformed models; a crash ends
// that process only, is reported as ErrCrashed, and the next call starts another.
//
// Under Bazel the programs are found in the runfiles, to which this package's
// library adds them. Elsewhere the environment variables
// TFLITE_QUANTIZE_REFERENCE, TFLITE_QUANTIZE_CONVERT_REFERENCE and
// TFLITE_QUANTIZE_RUNNER name them.
package reference
