// Package cabi compares the library for C with TensorFlow's function, called one beside the
// other from C++.
package cabi
