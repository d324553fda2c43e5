// Command formats runs every operator with every format of weights in all runtimes, times
// those that are right, and writes the facts about runtimes: go/quantize/target/measured.txt
// and the page docs/formats.md.
//
//	bazel run //parity/formats
//	bazel run //parity/formats -- --page    only the page, from the table that there is
//
// TFLite Micro is fetched from PyPI, which takes a network.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

func main() {
	pageOnly := flag.Bool("page", false, "write only the page, from the table that there is")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "formats: unexpected argument %q: want none\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(*pageOnly); err != nil {
		fmt.Fprintf(os.Stderr, "formats: %v\n", err)
		os.Exit(1)
	}
}

// The files that are written, in the source tree.
const (
	tableFile = "go/quantize/target/measured.txt"
	pageFile  = "docs/formats.md"
)

func run(pageOnly bool) error {
	root := os.Getenv("BUILD_WORKSPACE_DIRECTORY")
	if root == "" {
		return fmt.Errorf("BUILD_WORKSPACE_DIRECTORY: not set, want the source tree: start this by bazel run")
	}
	table := target.Measured()
	if !pageOnly {
		var err error
		if table, err = measure(); err != nil {
			return err
		}
	}
	for name, content := range map[string]string{tableFile: table.String(), pageFile: page(table)} {
		path := filepath.Join(root, name)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			return err
		}
		fmt.Printf("written: %s\n", path)
	}
	return nil
}

func measure() (*target.Table, error) {
	all := append(runtimes.All(), runtimes.MicroRuntime())
	defer func() {
		for _, r := range all {
			r.Close()
		}
	}()
	list, err := trials()
	if err != nil {
		return nil, err
	}
	table := &target.Table{Note: note()}
	for _, r := range all {
		table.Runtimes = append(table.Runtimes, r.Name)
	}
	if table.Rows, err = outcomesOf(all, list); err != nil {
		return nil, err
	}
	return table, addTimes(context.Background(), all, list, table.Rows)
}

func note() string {
	return fmt.Sprintf("Measured on %s, %d cores, %s.", processor(), runtime.NumCPU(), time.Now().UTC().Format(time.DateOnly))
}

// processor is the name of the machine's.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, " \t:"))
		}
	}
	return runtime.GOARCH
}
