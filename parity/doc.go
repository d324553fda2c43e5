// Package parity compares quantization with upstream's, byte for byte: its tests
// run both on the same models. They need the programs of parity/reference, which Bazel
// builds: bazel test //parity/...
package parity
