//go:build unix

package output

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// IsDescriptor reports whether a name is that of a process's open file, as
// /dev/stdout is. Such a file may hold more than was written to it here.
func IsDescriptor(path string) bool {
	p, err := locate(path)
	if err != nil {
		return false
	}
	defer p.close()
	return p.descriptor
}

// createOnDescriptor writes to a descriptor of this process as it is: opened by
// its name, it would have another position and no append mode.
func (p *place) createOnDescriptor(regular bool) (*File, error) {
	n, err := strconv.Atoi(p.name)
	if err != nil || !isOwn(p.dir) {
		if regular {
			return nil, errors.New("it is a file that another process has open, the name of a file is expected")
		}
		return &File{plain: &plain{open: func() (*os.File, error) { return p.open(0) }, close: p.close}}, nil
	}
	f, err := duplicate(n)
	if err != nil {
		return nil, err
	}
	p.close()
	return &File{plain: &plain{open: func() (*os.File, error) { return f, nil }, close: func() { f.Close() }}}, nil
}

func duplicate(n int) (*os.File, error) {
	notOpen := &placeError{"descriptor " + strconv.Itoa(n) + " is not open for writing", unix.EBADF}
	flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 { // this program opened it, such as the model
		return nil, notOpen
	}
	mode, err := unix.FcntlInt(uintptr(n), unix.F_GETFL, 0)
	if err != nil || mode&unix.O_ACCMODE == unix.O_RDONLY {
		return nil, notOpen
	}
	if n <= 2 && mode&unix.O_ACCMODE == unix.O_RDWR && isNull(n) {
		return nil, &placeError{"it is closed, or /dev/null in its place, where the output would be lost", unix.EBADF}
	}
	fd, err := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), strconv.Itoa(n)), nil
}

// isNull reports whether a descriptor is /dev/null, which Go opens for reading
// and writing in the place of standard output where that is closed.
func isNull(n int) bool {
	var is, null unix.Stat_t
	return unix.Fstat(n, &is) == nil && unix.Stat("/dev/null", &null) == nil &&
		is.Mode&unix.S_IFMT == unix.S_IFCHR && is.Rdev == null.Rdev
}
