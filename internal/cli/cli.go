// Package cli is the commands quantize and tflite_convert: arguments, messages and
// exit codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/convert"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
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
	exitLarge  = 7
	exitDiffer = 8
	exitSignal = 128 // and the signal's number
)

const exitCodes = commonExitCodes + `  8  --like: the output is written and differs from the other file; compare: an output
     differs by more than --min-snr, or the file is larger than --max-size; verify: the
     file was made in no way that is known
  1  diff: the models differ; anything else, such as a report that cannot be printed
  128 + N  after signal N
`

const commonExitCodes = `
Exit codes:
  0  done
  2  arguments or options are wrong
  3  the model is not valid, or cannot be quantized
  4  the model cannot be read
  5  the output cannot be written; what was there before is unchanged
  6  the machine lacks memory or open files
  7  --require-smaller: the output would not be smaller; there is none
`

// Run runs the command with its arguments, without the program's name, and
// returns its exit code. Names of files are relative to the folder that the user
// is in, which bazel run gives in a variable.
func Run(args []string, stdout, stderr io.Writer) int {
	return execute(commandFor(args), args, stdout, stderr)
}

// RunConvert is Run for the command tflite_convert.
func RunConvert(args []string, stdout, stderr io.Writer) int {
	return execute(convertCommand(), args, stdout, stderr)
}

// Commands are the two commands with their subcommands and flags, for manual pages. The
// texts of both end with the exit codes.
func Commands() []*cobra.Command {
	quantize, convert := rootCommand(), convertCommand()
	quantize.Long += "\n" + exitCodes
	convert.Long += "\n" + convertEnding
	for _, c := range []*cobra.Command{quantize, convert} {
		c.InitDefaultHelpCmd()
		c.InitDefaultCompletionCmd()
	}
	return []*cobra.Command{quantize, convert}
}

func execute(c *cobra.Command, args []string, stdout, stderr io.Writer) int {
	if err := executeIn(context.Background(), c, args, stdout, stderr); err != nil {
		return fail(c, stderr, err)
	}
	return exitDone
}

func executeIn(ctx context.Context, c *cobra.Command, args []string, stdout, stderr io.Writer) error {
	if err := EnterUsersFolder(); err != nil {
		return err
	}
	output.BeforeFirst(cleanUpOnSignal)
	out := &watched{w: stdout}
	c.SetArgs(args)
	c.SetContext(context.WithValue(ctx, givenKey{}, args))
	c.SetOut(out)
	c.SetErr(stderr)
	addUsualCommands(c)
	if err := c.Execute(); err != nil {
		return err
	}
	return out.err
}

// addUsualCommands adds help and completion to a command with an output that has commands.
func addUsualCommands(c *cobra.Command) {
	c.InitDefaultHelpCmd()
	c.InitDefaultCompletionCmd()
	if completion := commandNamed(c, "completion"); completion != nil {
		groupOnly(completion)
	}
}

// Variables that name the folder, the one of bazelw first: it calls Bazel in another one.
var usersFolder = []string{"BAZELW_WORKING_DIRECTORY", "BUILD_WORKING_DIRECTORY"}

// givenKey is that of a context's arguments, as they were given to Run.
type givenKey struct{}

// commandLine is the command as it was given, for a shell.
func commandLine(c *cobra.Command) string {
	words := []string{c.Root().Name()}
	given, _ := c.Context().Value(givenKey{}).([]string)
	for _, word := range given {
		words = append(words, report.Argument(word))
	}
	return strings.Join(words, " ")
}

// EnterUsersFolder changes to the folder that names of files are relative to, which is
// another one where bazel run started the program. Run does so, too, and reports the error.
func EnterUsersFolder() error {
	if os.Getenv("BUILD_WORKSPACE_DIRECTORY") == "" {
		return nil // not run by bazel run, which sets it
	}
	for _, name := range usersFolder {
		dir := os.Getenv(name)
		if dir == "" {
			continue
		}
		if err := os.Chdir(dir); err != nil {
			return usageErrorf("%s: %v: want the folder that names of files are relative to", name, err)
		}
		return nil
	}
	return nil
}

// Widths, in characters, of sentences that name what a model has: custom codes
// and names have any length.
const (
	maxReason   = 160  // in a table
	maxSentence = 2000 // on a line of its own
)

func fail(c *cobra.Command, stderr io.Writer, err error) int {
	if err == errDiffers { // which the report says
		return exitDiffer
	}
	if err == errDiffer { // which diff has printed
		return exitOther
	}
	if b := asBatch(err); b != nil { // whose errors are printed
		return b.code
	}
	fmt.Fprintf(stderr, "%s: %s\n", c.Name(), inWords(err))
	return exitCode(err)
}

func exitCode(err error) int {
	var usage usageError
	var input *inputError
	var bounds *outOfBounds
	switch {
	case isScarce(err):
		return exitScarce
	case errors.As(err, &input):
		return input.code
	case errors.As(err, &bounds):
		return exitDiffer
	case errors.As(err, &usage), errors.Is(err, quantize.ErrOptions), errors.Is(err, convert.ErrOptions):
		return exitUsage
	case errors.Is(err, quantize.ErrNotSmaller):
		return exitLarge
	case errors.Is(err, quantize.ErrRead), errors.Is(err, convert.ErrRead):
		return exitRead
	case errors.Is(err, quantize.ErrWrite):
		return exitWrite
	case errors.Is(err, tflite.ErrFormat), errors.Is(err, tflite.ErrTooLarge), errors.Is(err, quantize.ErrModel), errors.Is(err, quantize.ErrBundle), errors.Is(err, convert.ErrModel):
		return exitModel
	}
	return exitOther
}
