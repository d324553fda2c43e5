package cli

import (
	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// registerFlags adds the flags that say how to quantize, and their completion.
func (j *job) registerFlags(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false
	j.flags = options.Register(f)
	f.StringVar(&j.like, "like", "", "add operators in the order of `FILE`, which TensorFlow made of the same\nmodel, and say whether the output is equal to it")
	for flag, choices := range options.Choices() {
		c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return choices(), cobra.ShellCompDirectiveNoFileComp
		})
	}
	c.RegisterFlagCompletionFunc("recipe", completeFiles("json"))
	c.RegisterFlagCompletionFunc("like", completeFiles("tflite"))
	c.ValidArgsFunction = completeFiles("tflite")
}

func completeFiles(extension string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{extension}, cobra.ShellCompDirectiveFilterFileExt
	}
}
