package mapping

import (
	"os"

	"golang.org/x/sys/unix"
)

// hasNoWriter reports that no process has a file open for writing, nor mapped so. Linux
// grants the lease for reading only then, to the owner of the file; where it does not,
// nothing is known. The lease is given back at once.
func hasNoWriter(f *os.File) bool {
	if _, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK); err != nil {
		return false
	}
	unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_UNLCK)
	return true
}
