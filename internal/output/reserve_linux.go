package output

import (
	"os"

	"golang.org/x/sys/unix"
)

func allocate(f *os.File, at, n int64) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = c.Control(func(fd uintptr) { failed = unix.Fallocate(int(fd), 0, at, n) })
	if err != nil {
		return err
	}
	return failed
}
