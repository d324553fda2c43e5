package mapping

import (
	"os"
	"syscall"
)

// statusChanged reports whether the file's status changed for no reason that its
// names explain: whoever writes to a file can set its time of modification back,
// but not that of its status. To replace a file by its name takes a name away.
func statusChanged(before, now os.FileInfo) bool {
	a, okA := before.Sys().(*syscall.Stat_t)
	b, okB := now.Sys().(*syscall.Stat_t)
	return okA && okB && a.Ctim != b.Ctim && a.Nlink == b.Nlink
}
