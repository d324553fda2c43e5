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
	registerCompletion(c)
}
