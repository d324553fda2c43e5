//go:build !linux

package text

import "io"

// IsTerminal is false: where it is not known, output is plain.
func IsTerminal(io.Writer) bool { return false }

// Width is 0: it is not known.
func Width(io.Writer) int { return 0 }
