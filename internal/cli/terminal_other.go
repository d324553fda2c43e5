//go:build !linux

package cli

import "io"

// isTerminal is true where it is known: elsewhere output is plain.
func isTerminal(io.Writer) bool { return false }
