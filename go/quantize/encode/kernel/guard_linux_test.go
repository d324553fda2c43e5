package kernel

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// guarded gives memory between two pages that cannot be touched: a kernel that
// reads or writes past its slice ends the test at once.
func guarded(t *testing.T, pages int) []byte {
	page := os.Getpagesize()
	whole, err := syscall.Mmap(-1, 0, (pages+2)*page, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(whole) })
	inner := whole[page : (pages+1)*page]
	if err := syscall.Mprotect(inner, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		t.Fatal(err)
	}
	return inner
}

// floatsOf reads the bytes as values of the machine. They are aligned, for
// pages are, and n values end at one's end.
func floatsOf(b []byte) []float32 {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/floatSize)
}

func TestNoKernelTouchesWhatIsBesideItsSlices(t *testing.T) {
	// A slice lives until as many others have been given out.
	regions := make([][]byte, 16)
	for i := range regions {
		regions[i] = guarded(t, 16)
	}
	calls := 0
	next := func() []byte {
		calls++
		return regions[calls%len(regions)]
	}
	atStart := func(n int) []byte { return next()[:n:n] }
	atEnd := func(n int) []byte { r := next(); return r[len(r)-n:] }
	eachImplementation(t, func(t *testing.T) {
		random := seeded(7)
		for _, bytes := range []func(int) []byte{atStart, atEnd} {
			in := memory{bytes: bytes, floats: func(n int) []float32 { return floatsOf(bytes(n * floatSize)) }}
			for length := 0; length <= longest; length++ {
				values := weights(random, length, true)
				verifyAll(t, in, values, 50)
				for _, channels := range channelCounts {
					verifyChannels(t, in, values, channels, 50)
				}
			}
			for _, length := range []int{4 * 1537, 5*1537 + 9, 8*1537 + 3} {
				verifyChannels(t, in, weights(random, length, true), 1537, 50)
			}
		}
	})
}
