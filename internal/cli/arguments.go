package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A usageError is a mistake in the arguments.
type usageError string

func (e usageError) Error() string { return string(e) }

func usageErrorf(form string, args ...any) error { return usageError(fmt.Sprintf(form, args...)) }

// someModels is the check of arguments that name one model or more.
func someModels(c *cobra.Command, args []string) error {
	if len(args) < 2 {
		return oneModel(c, args)
	}
	if err := aModel(c, args[:1]); err != nil {
		return err
	}
	if last := args[1]; len(args) == 2 && isModelName(last) && !exists(last) {
		return usageErrorf("unexpected argument %q: there is no such model; add -o to write the output there: -o %s", last, text.Printable(last))
	}
	for _, a := range args {
		switch {
		case a == "":
			return usageErrorf(`unexpected argument "": want the name of a model`)
		case a == dash:
			return usageErrorf(`unexpected argument "-": standard input is for one model alone`)
		}
	}
	return nil
}

// oneModel is the check of arguments that name one model, which exists.
func oneModel(c *cobra.Command, args []string) error {
	if err := aModel(c, args); err != nil || args[0] == dash {
		return err
	}
	return mustExist(args[0])
}

func aModel(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usageErrorf("missing argument: want %s MODEL.tflite; see %[1]s --help", c.CommandPath())
	case args[0] == "":
		return usageErrorf(`unexpected argument "": want the name of a model`)
	case !exists(args[0]) && nearestCommand(c, args[0]) != "":
		return usageErrorf("%s: no such file or command: did you mean %s %s?", args[0], c.CommandPath(), nearestCommand(c, args[0]))
	case len(args) > 1:
		return usageErrorf("unexpected argument %q: want one model; run %s once for each", args[1], c.CommandPath())
	}
	return nil
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageErrorf("unexpected argument %q: want none", args[0])
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// nearestCommand is the command under c that a mistyped word stands for, or "".
func nearestCommand(c *cobra.Command, word string) string {
	var names []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	return text.Nearest(word, names)
}

// unknownCommand is the error where a word names no command under c.
func unknownCommand(c *cobra.Command, word string) error {
	if near := nearestCommand(c, word); near != "" {
		return usageErrorf("unknown command %q: did you mean %s?", word, near)
	}
	return usageErrorf("unknown command %q: see %s --help", word, c.CommandPath())
}

func commandNamed(c *cobra.Command, name string) *cobra.Command {
	for _, sub := range c.Commands() {
		if sub.Name() == name {
			return sub
		}
	}
	return nil
}

// groupOnly makes a command that has commands refuse words that name none.
func groupOnly(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(c, args[0])
		}
		return c.Help()
	}
}
