package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// ownOutput returns standard output, as which the library now has standard error.
func ownOutput() (*os.File, error) {
	fd, err := unix.Dup(1)
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	if err := unix.Dup3(2, 1, 0); err != nil {
		return nil, os.NewSyscallError("dup3", err)
	}
	return os.NewFile(uintptr(fd), "output"), nil
}
