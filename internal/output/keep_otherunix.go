//go:build unix && !linux && !darwin

package output

import "os"

// The access control lists of these systems need their C library.
func keepAttributes(_, _ *os.File) bool { return true }
