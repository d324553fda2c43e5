//go:build unix

package mapping

import (
	"os"

	"golang.org/x/sys/unix"
)

// open leaves out what os.Open does to wait for many files at once, which takes
// open files of its own and ends the process where there are none.
func open(path string) (*os.File, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			return os.NewFile(uintptr(fd), path), nil
		}
		if err != unix.EINTR {
			return nil, &os.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

func load(f *os.File, size int) (data []byte, mapped bool, err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	return data, err == nil, err
}

func unload(data []byte) error { return unix.Munmap(data) }

func forget(data []byte) { unix.Madvise(data, unix.MADV_DONTNEED) }
