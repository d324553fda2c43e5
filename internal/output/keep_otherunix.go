//go:build unix && !linux

package output

import "os"

// The access control lists of these systems need their C library.
func keepAttributes(*os.File, *os.File, bool) bool { return true }
