package cli

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/tflite-quantize/tflite-quantize/go/internal/output"
)

// cleanUpOnSignal makes signals that end the process remove temporary files
// first, until the returned function is called.
func cleanUpOnSignal() (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		s, ok := <-signals
		if !ok {
			return
		}
		output.Abandon()
		code := exitOther
		if n, ok := s.(syscall.Signal); ok {
			code = exitSignal + int(n)
		}
		os.Exit(code)
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}
