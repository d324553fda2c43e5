package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
)

func repairsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "repairs",
		Short: "List the repairs, which are made where TensorFlow's file would be broken",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			for i, r := range repair.All() {
				if i > 0 {
					fmt.Fprintln(c.OutOrStdout())
				}
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\n  where             %s\n  TensorFlow's file %s\n  this file has     %s\n", r.Name, r.Applies, r.Breaks, r.Does); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
