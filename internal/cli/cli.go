// Package cli is the command quantize: arguments, messages and exit codes.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Exit codes, as the help states them.
const (
	exitDone   = 0
	exitOther  = 1
	exitUsage  = 2
	exitModel  = 3
	exitRead   = 4
	exitWrite  = 5
	exitScarce = 6
	exitSignal = 128 // and the signal's number
)

const exitCodes = `
Exit codes:
  0  done
  2  arguments or options are wrong
  3  the model is not valid, or cannot be quantized
  4  the model cannot be read
  5  the output cannot be written; what was there before is unchanged
  6  the machine lacks memory or open files
  1  anything else, 128 + N after signal N
`

// A usageError is a mistake in the arguments.
type usageError struct{ place, reason string }

func (e *usageError) Error() string { return e.place + ": " + e.reason }

func usageErrorf(place, form string, args ...any) error {
	return &usageError{place, fmt.Sprintf(form, args...)}
}

// Run runs the command with its arguments, without the program's name, and
// returns its exit code. Names of files are relative to where the user stands,
// which bazel run says in a variable.
func Run(args []string, stdout, stderr io.Writer) int {
	if err := standWhereUserStands(); err != nil {
		return fail(stderr, err)
	}
	output.BeforeFirst(cleanUpOnSignal)
	c := rootCommand()
	c.SetArgs(args)
	c.SetOut(stdout)
	c.SetErr(stderr)
	if err := c.Execute(); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

func standWhereUserStands() error {
	dir := os.Getenv("BUILD_WORKING_DIRECTORY")
	if dir == "" {
		return nil
	}
	if err := os.Chdir(dir); err != nil {
		return usageErrorf("BUILD_WORKING_DIRECTORY", "%v, expected the folder that names of files are relative to", err)
	}
	return nil
}

func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "quantize: %s%s\n", printable(err.Error()), remedy(err))
	return exitCode(err)
}

func exitCode(err error) int {
	var usage *usageError
	switch {
	case isScarce(err):
		return exitScarce
	case errors.As(err, &usage), errors.Is(err, quantize.ErrOptions):
		return exitUsage
	case errors.Is(err, quantize.ErrRead):
		return exitRead
	case errors.Is(err, quantize.ErrWrite):
		return exitWrite
	case errors.Is(err, tflite.ErrFormat), errors.Is(err, tflite.ErrTooLarge), errors.Is(err, quantize.ErrModel):
		return exitModel
	}
	return exitOther
}

// oneModel is the check of arguments that name one model.
func oneModel(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return usageErrorf("arguments", "no model is named, one is expected; quantize --help says more")
	case 1:
		return nil
	}
	return usageErrorf("arguments", "%d models are named, one is expected; call it once for each", len(args))
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageErrorf("arguments", "%q is there, nothing is expected", args[0])
	}
	return nil
}
