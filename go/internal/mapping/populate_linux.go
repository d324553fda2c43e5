package mapping

import "golang.org/x/sys/unix"

// populate reports whether the system could do it: Linux 5.14 is the first.
func populate(data []byte) bool { return unix.Madvise(data, unix.MADV_POPULATE_READ) == nil }
