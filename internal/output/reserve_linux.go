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

// pipeRoom is the most that an ordinary process may ask for.
const pipeRoom = 1 << 20

// widen makes a pipe take more at once, which has fewer turns between the processes at its
// ends. What is no pipe has no such room.
func widen(f *os.File) {
	if c, err := f.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeRoom) })
	}
}
