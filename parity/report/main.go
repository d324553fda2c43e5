// Command report measures how ours compares with upstream and writes the
// page docs/parity.md.
//
//	bazel run //parity:report
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintf(os.Stderr, "report: %q: it takes no arguments, expected none\n", os.Args[1])
		os.Exit(2)
	}
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "report: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	root := os.Getenv("BUILD_WORKSPACE_DIRECTORY")
	if root == "" {
		return fmt.Errorf("BUILD_WORKSPACE_DIRECTORY: not set, expected the source tree: start this by bazel run")
	}
	p, err := gather()
	if err != nil {
		return err
	}
	path := filepath.Join(root, "docs", "parity.md")
	if err := os.WriteFile(path, []byte(p.markdown()), 0o666); err != nil {
		return err
	}
	fmt.Printf("written: %s\n", path)
	return nil
}

func gather() (*page, error) {
	versions, err := upstreamVersions()
	if err != nil {
		return nil, err
	}
	p := &page{versions: versions, machine: machine()}
	subjects, err := realModels()
	if err != nil {
		return nil, err
	}
	m := newMeter()
	defer m.close()
	if p.real, err = m.measure(subjects); err != nil {
		return nil, err
	}
	if p.nets, err = m.measure(nets()); err != nil {
		return nil, err
	}
	if p.units, err = m.recipes(subjects); err != nil {
		return nil, err
	}
	p.counts, err = cover()
	return p, err
}
