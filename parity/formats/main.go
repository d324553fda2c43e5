// Command formats runs every format of LiteRT's recipes, with every operator that can
// have it, in all runtimes, and writes the page docs/formats.md.
//
//	bazel run //parity/formats
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintf(os.Stderr, "formats: %q: it takes no arguments, expected none\n", os.Args[1])
		os.Exit(2)
	}
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "formats: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	root := os.Getenv("BUILD_WORKSPACE_DIRECTORY")
	if root == "" {
		return fmt.Errorf("BUILD_WORKSPACE_DIRECTORY: not set, expected the source tree: start this by bazel run")
	}
	page, err := page()
	if err != nil {
		return err
	}
	path := filepath.Join(root, "docs", "formats.md")
	if err := os.WriteFile(path, []byte(page), 0o666); err != nil {
		return err
	}
	fmt.Printf("written: %s\n", path)
	return nil
}
