package mapping

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

const (
	firstMemory = 1 << 20
	pipeRoom    = 1 << 20 // the most that an ordinary process may ask for
)

// readAll reads a stream, of which head was read, to its end or to most bytes. The data are
// in memory that is to be given to unload. It grows by the system's hand, which copies nothing, in contrast to
// a slice: that costs several times what reading does.
func readAll(f *os.File, head []byte, most int64) (data, memory []byte, err error) {
	if c, err := f.SyscallConn(); err == nil {
		// Fewer turns between who writes and this; what is no pipe has no such room.
		c.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeRoom) })
	}
	memory, err = unix.Mmap(-1, 0, firstMemory, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, nil, err
	}
	unix.Madvise(memory, unix.MADV_HUGEPAGE) // fewer faults, where the system has such pages
	n := copy(memory, head)
	for int64(n) < most {
		if n == len(memory) {
			larger, err := unix.Mremap(memory, 2*len(memory), unix.MREMAP_MAYMOVE)
			if err != nil {
				return nil, memory, err
			}
			memory = larger
		}
		got, err := f.Read(memory[n:min(int64(len(memory)), most)])
		n += got
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, memory, err
		}
	}
	return memory[:n], memory, nil
}
