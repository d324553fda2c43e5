//go:build !wasm

package cli

import (
	"os"
	"syscall"
)

// ending are the signals that end a process and may be handled.
var ending = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
