// Command man writes the manual pages of the commands quantize and tflite_convert into a
// folder, which must be there. They are made for a release and kept nowhere else.
//
//	go run ./tools/man FOLDER
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra/doc"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "man: want one argument, the folder to write manual pages into")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

// write makes a page of each command: quantize-plan.1 and so on.
func write(folder string) error {
	for _, c := range cli.Commands() {
		header := &doc.GenManHeader{Section: "1", Source: "tflite-quantize", Manual: "TFLite Quantize Weights"}
		if err := doc.GenManTree(c, header, folder); err != nil {
			return err
		}
	}
	return nil
}
