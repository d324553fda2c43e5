// Package runfiles finds the files that a Bazel target has as data.
package runfiles

import (
	"fmt"
	"os"
	"path/filepath"
)

// Find returns where a runfile is, such as "models/corpus.json" of the repository
// models: below one of the folders that Bazel names to tests, or beside the
// program that it runs. Outside Bazel, TEST_SRCDIR may name a folder.
func Find(path string) (string, error) {
	for _, root := range []string{os.Getenv("TEST_SRCDIR"), os.Getenv("RUNFILES_DIR"), os.Args[0] + ".runfiles"} {
		if root == "" {
			continue
		}
		found, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(found); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s: not among the runfiles: run this under Bazel, or set TEST_SRCDIR to the folder that has it", path)
}
