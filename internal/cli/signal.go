package cli

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/tflite-quantize/tflite-quantize/internal/output"
)

// cleanUpOnSignal makes signals that end the process remove temporary files
// first, for as long as it runs.
func cleanUpOnSignal() {
	signals := make(chan os.Signal, 1)
	for _, s := range ending {
		if !signal.Ignored(s) { // as nohup has it
			signal.Notify(signals, s)
		}
	}
	go func() {
		s := <-signals
		output.Abandon()
		code := exitOther
		if n, ok := s.(syscall.Signal); ok {
			code = exitSignal + int(n)
		}
		os.Exit(code)
	}()
}
