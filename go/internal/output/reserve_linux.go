package output

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// reserve gives a file its size, with room on the disk for all of it, and maps
// it. Without that room, a write to the mapping would end the process. mapped
// is false where the file system cannot promise the room.
func reserve(f *os.File, size int64) (room []byte, mapped bool, err error) {
	if size == 0 || size > math.MaxInt {
		return nil, false, nil
	}
	err = retry(func() error { return unix.Fallocate(int(f.Fd()), 0, 0, size) })
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, os.NewSyscallError("fallocate", err)
	}
	room, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if errors.Is(err, unix.ENODEV) {
		return nil, false, nil // a file system without mappings
	}
	return room, err == nil, os.NewSyscallError("mmap", err)
}

func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

func unmap(room []byte) error { return unix.Munmap(room) }
