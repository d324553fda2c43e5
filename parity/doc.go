// Package parity has the tests that compare quantization with upstream's, byte for
// byte, on the same models. They need the programs of parity/reference, which Bazel
// builds: bazel test //parity/...
package parity
