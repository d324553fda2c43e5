package kernel

import "testing"

// runner is a test or a benchmark.
type runner[T any] interface {
	*testing.T | *testing.B
	Run(name string, f func(T)) bool
}
