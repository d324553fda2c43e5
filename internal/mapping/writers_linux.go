package mapping

import (
	"os"

	"golang.org/x/sys/unix"
)

// hasWriter reports whether a process has a file open for writing, or mapped so: Linux
// denies a lease for reading then. known is false where the system has no leases of the
// file, or none for this user. A lease is given back at once.
func hasWriter(f *os.File) (writer, known bool) {
	_, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
	if err == nil {
		unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_UNLCK)
	}
	return err == unix.EAGAIN, err == nil || err == unix.EAGAIN
}
