package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// The versions whose output the files are equal to.
const (
	tensorFlowVersion  = "2.21.0"
	flatBuffersVersion = "25.9.23"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print which version of TensorFlow the output is equal to",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), `reproduces   Quantize Weights of TensorFlow %s
schema       that of TensorFlow %s, file identifier %s
layout       FlatBuffers %s, C++ object API
built with   %s for %s/%s
`, tensorFlowVersion, tensorFlowVersion, tflite.Identifier, flatBuffersVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
