package mapping

import (
	"hash/maphash"
	"time"
)

// How often a file is looked at that has a writer, and one of which that is not known:
// whoever has written to it for longer than a minute has moved its time of modification.
// Looks are counted, not timed: on a busy machine the writer has to wait as well. Tests
// change them.
var (
	looks        = 500
	looksUnknown = 50
)

// A look takes the first bytes of a file, so many, and the next one comes after a while.
const (
	lookedAt = 16 << 20
	between  = time.Millisecond
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
	n := m.suspicious()
	if m.moved() { // looked at last: a writer may just have closed the file
		return true
	}
	if n == 0 {
		return false
	}
	seed := maphash.MakeSeed()
	sum := func() (h uint64, err error) {
		err = Guard(func() error {
			h = maphash.Bytes(seed, m.Data[:min(len(m.Data), lookedAt)])
			return nil
		})
		return h, err
	}
	first, err := sum()
	for ; err == nil && n > 0; n-- {
		time.Sleep(between)
		var now uint64
		if now, err = sum(); now != first || m.moved() {
			return true
		}
	}
	return err != nil
}

// suspicious is how often the file is to be looked at.
func (m *File) suspicious() int {
	switch writer, known := hasWriter(m.file); {
	case writer:
		return looks
	case known || time.Since(m.info.ModTime()) > time.Minute:
		return 0
	}
	return looksUnknown
}
