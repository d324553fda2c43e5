//go:build unix

package mapping

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func load(f *os.File, size int) (data []byte, mapped bool, err error) {
	data, err = syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	return data, err == nil, err
}

func unload(data []byte) error { return syscall.Munmap(data) }

func forget(data []byte) { unix.Madvise(data, unix.MADV_DONTNEED) }
