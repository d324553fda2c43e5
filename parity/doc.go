// Package parity holds quantization to upstream's bytes: its tests run both on
// the same models. They need the programs of parity/reference, which Bazel
// builds: bazel test //parity/...
package parity
