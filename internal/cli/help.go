package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A topic is what help has to say on something that is no command.
type topic struct {
	name, about, words string
}

var topics = []topic{
	{"exit-codes", "What the exit codes mean", strings.TrimPrefix(exitCodes, "\n")},
	{"outputs", "Where outputs go", `quantize model.tflite            writes model.int8.tflite beside the model
quantize model.tflite -o FILE    writes FILE; FOLDER/ stands for the usual name there
quantize a.tflite b.tflite       writes each beside its model, or
quantize models/ -d DIR          into DIR: all models of the folder, at any depth, where
                                 their places in it are kept
quantize - < in > out            reads standard input and writes standard output; the
                                 report goes to standard error
quantize model.tflite --in-place writes over the model

An output appears whole or not at all. What was there before stays on an error. Files
that an earlier run made in a folder are not quantized again.
`},
	{"patterns", "What --keep and --rule take", `--keep PATTERN         leaves constants as they are
--rule PATTERN=FORMAT  gives them a format: keep, int8 or float16

PATTERN is the name of a tensor, or op:OPERATOR for what operators of a kind read:
  head/*               tensors whose names begin with head/
  op:CONV_2D           all constants that a CONV_2D reads
* stands for any characters, ? for one, [ab] for one of them; [*] is the character *.
Of several that match a constant, the last decides. A pattern without a match is an
error, which names what is near. quantize plan prints names and operators.
`},
	{"recipes", "Other ways to quantize, and files with options", `--recipe NAME  quantizes as another tool does: quantize recipe list prints the names
--recipe FILE  takes options from a file in JSON, or a recipe of LiteRT's
               litert-quantizer; quantize recipe show NAME prints one

{
  "recipe": "quantize_weights",
  "version": 1,
  "type": "int8",
  "min_elements": 256,
  "deny_ops": ["SVDF"],
  "rules": [
    {"tensor": "head/*", "format": "keep"},
    {"operator": "GATHER", "format": "float16"}
  ]
}

Flags override what a file says, and add to its lists.
`},
	{"json", "What --json prints", `Most commands print JSON with --json. Objects have a field "version", which is 1: it
grows when a field goes or means something else; fields may be added at any time.
docs/json.md lists all fields. For a bundle, and for several models, a list is printed.
`},
	{"environment", "Variables that are looked at", `NO_COLOR                     no colours and styles
TMPDIR                       the folder for temporary files
TFLITE_QUANTIZE_CONVERTER    the program with TensorFlow's converter, for tflite_convert
GOMAXPROCS                   the most processors that are used
GOGC                         how much memory may grow before Go frees what is not used
BUILD_WORKING_DIRECTORY, BAZELW_WORKING_DIRECTORY
                             the folder that names of files are relative to, as bazel run
                             and bazelw set it
`},
}

func topicNamed(name string) *topic {
	for i := range topics {
		if topics[i].name == name {
			return &topics[i]
		}
	}
	return nil
}

func topicNames() []string {
	var out []string
	for _, t := range topics {
		out = append(out, t.name)
	}
	return out
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND or TOPIC]",
		Short:             "Print all options and exit codes, or the help of a command or a topic",
		ValidArgsFunction: completeHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && commandNamed(c.Root(), args[0]) == nil {
				if t := topicNamed(args[0]); t != nil {
					_, err := io.WriteString(c.OutOrStdout(), t.words)
					return err
				}
			}
			at := c.Root()
			for _, word := range args {
				next := commandNamed(at, word)
				if next == nil {
					return unknownHelp(at, word)
				}
				at = next
			}
			at.InitDefaultHelpFlag()
			if err := at.Help(); err != nil || at != c.Root() {
				return err
			}
			return printTopics(c.OutOrStdout())
		},
	}
}

func printTopics(w io.Writer) error {
	fmt.Fprintln(w, "\nTopics, for quantize help TOPIC:")
	for _, t := range topics {
		if _, err := fmt.Fprintf(w, "  %-12s %s\n", t.name, t.about); err != nil {
			return err
		}
	}
	return nil
}

// unknownHelp is the error where a word names no command under c, and no topic.
func unknownHelp(c *cobra.Command, word string) error {
	if c == c.Root() && nearestCommand(c, word) == "" {
		if near := text.Nearest(word, topicNames()); near != "" {
			return usageErrorf("unknown topic %q: did you mean %s?", word, near)
		}
	}
	return unknownCommand(c, word)
}

func completeHelp(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	out := topicNames()
	for _, sub := range c.Root().Commands() {
		if !sub.Hidden {
			out = append(out, sub.Name())
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
