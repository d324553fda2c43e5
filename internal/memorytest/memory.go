// Package memorytest bounds what a test may allocate.
package memorytest

import (
	"runtime/metrics"
	"testing"
)

// What reading and quantizing a model may allocate: a multiple of its size, and
// what shared tables may unpack to.
const (
	memoryTimes = 64
	memoryFree  = 24 << 20
)

// Expect calls f and fails where it allocates more than a multiple of n
// bytes, the size of its input. Other goroutines must be idle.
func Expect(t testing.TB, n int, f func()) {
	t.Helper()
	before := allocated()
	f()
	if got := allocated() - before; got > memoryFree+memoryTimes*uint64(n) {
		t.Errorf("%d bytes of input made it allocate %d", n, got)
	}
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
