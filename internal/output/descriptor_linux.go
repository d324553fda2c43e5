package output

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// folderFlags are the flags that open a folder which need not be readable.
const folderFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC

// isDescriptors reports whether the links in a folder are the system's descriptors.
func isDescriptors(dir *os.File) bool {
	var s unix.Statfs_t
	return unix.Fstatfs(int(dir.Fd()), &s) == nil && s.Type == unix.PROC_SUPER_MAGIC
}

// isOwn reports whether a folder of descriptors is that of this process.
func isOwn(dir *os.File) bool {
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", dir.Fd()))
	self, errSelf := os.Readlink("/proc/self")
	return err == nil && errSelf == nil && strings.HasPrefix(path, "/proc/"+self+"/") && strings.HasSuffix(path, "/fd")
}
