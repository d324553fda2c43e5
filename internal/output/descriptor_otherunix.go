//go:build unix && !linux

package output

import (
	"os"

	"golang.org/x/sys/unix"
)

const folderFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC

// isDescriptors reports whether a folder is /dev/fd, which is always that of
// this process.
func isDescriptors(dir *os.File) bool {
	var is, descriptors unix.Stat_t
	return unix.Fstat(int(dir.Fd()), &is) == nil && unix.Stat("/dev/fd", &descriptors) == nil &&
		is.Dev == descriptors.Dev && is.Ino == descriptors.Ino
}

func isOwn(*os.File) bool { return true }
