package output

import "sync/atomic"

// reserved is how many bytes Reserve asks for at once.
const reserved = 512 << 10

// Reserve has the system find room for the first n bytes of the content, or for
// as many as it comes to before enough is set: writing them takes half the time
// then. It returns their number. Where it can't be done, writing says why if it
// matters.
func (f *File) Reserve(n int64, enough *atomic.Bool) int64 {
	at := int64(0)
	for f.pending != nil && at < n && !enough.Load() {
		step := min(reserved, n-at)
		if allocate(f.pending.file(), at, step) != nil {
			break
		}
		at += step
	}
	return at
}

// Expect says how large the content will be, which spares what is written in the end
// that it grows step by step.
func (f *File) Expect(size int64) {
	if f.pending == nil {
		f.plain.expect(size)
	}
}

// Truncate makes the content end where it is longer, as after Reserve.
func (f *File) Truncate(size int64) error {
	if f.pending == nil {
		f.plain.truncate(size)
		return nil
	}
	return f.pending.file().Truncate(size)
}
