//go:build !linux

package mapping

import "os"

func statusChanged(before, now os.FileInfo) bool { return false }
