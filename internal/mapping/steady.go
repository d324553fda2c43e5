package mapping

import (
	"hash/maphash"
	"time"
)

// How a file that somebody may be writing to is watched: in all, at each look, and of
// that many of its first bytes. Whoever writes to it for longer than a minute has moved
// its time of modification.
const (
	watched      = 100 * time.Millisecond
	watchedEach  = time.Millisecond
	watchedBytes = 64 << 20
	watchedAfter = time.Minute
)

// Steady returns err, which says that the file holds something else than it should, or
// ErrChanged where that may be because somebody writes to it: where it was changed since
// Open, or is open for writing and changes within a moment. Anything but a regular file
// is read once and does not change.
func (m *File) Steady(err error) error {
	if err != nil && m.info.Mode().IsRegular() && m.changes() {
		return ErrChanged
	}
	return err
}

func (m *File) changes() bool {
	quiet := hasNoWriter(m.file) || time.Since(m.info.ModTime()) > watchedAfter
	if m.moved() {
		return true
	}
	if quiet {
		return false
	}
	seed := maphash.MakeSeed()
	sum := func() (h uint64, err error) {
		err = Guard(func() error {
			h = maphash.Bytes(seed, m.Data[:min(len(m.Data), watchedBytes)])
			return nil
		})
		return h, err
	}
	first, err := sum()
	for begun := time.Now(); err == nil && time.Since(begun) < watched; {
		time.Sleep(watchedEach)
		var now uint64
		if now, err = sum(); now != first || m.moved() {
			return true
		}
	}
	return err != nil
}
