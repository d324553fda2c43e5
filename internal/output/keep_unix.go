//go:build unix

package output

import (
	"os"

	"golang.org/x/sys/unix"
)

// keep gives f the owner, attributes and permissions of the file that it will
// replace. Where it may not, f grants less.
func keep(f, old *os.File) error {
	var was, is unix.Stat_t
	if err := unix.Fstat(int(old.Fd()), &was); err != nil {
		return err
	}
	if err := unix.Fstat(int(f.Fd()), &is); err != nil {
		return err
	}
	perm := uint32(was.Mode) & 0o777
	sameGroup := keepOwner(f, &was, &is)
	switch {
	case !keepAttributes(f, old):
		perm &= 0o700
	case !sameGroup: // another group had what everybody has; this bounds a list's entries too
		perm &= 0o707 | perm<<3
	}
	return unix.Fchmod(int(f.Fd()), perm)
}

// keepOwner reports whether f has the group of the old file.
func keepOwner(f *os.File, was, is *unix.Stat_t) bool {
	if was.Uid == is.Uid && was.Gid == is.Gid {
		return true
	}
	fd := int(f.Fd())
	return unix.Fchown(fd, int(was.Uid), int(was.Gid)) == nil ||
		unix.Fchown(fd, -1, int(was.Gid)) == nil
}
