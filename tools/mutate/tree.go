package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// sourceRoot is the workspace that bazel run was called in.
func sourceRoot() (string, error) {
	if root := os.Getenv("BUILD_WORKSPACE_DIRECTORY"); root != "" {
		return root, nil
	}
	return "", errors.New("no workspace: run it by ./bazelw run //tools/mutate")
}

// environment is that of the tests: upstream's programs are among the runfiles.
func environment() ([]string, error) {
	env := append(os.Environ(), "GOFLAGS=-mod=mod")
	for name, path := range map[string]string{
		"TFLITE_QUANTIZE_REFERENCE":         "parity/reference/cc/quantize_reference",
		"TFLITE_QUANTIZE_CONVERT_REFERENCE": "parity/reference/cc/convert_reference",
		"TFLITE_QUANTIZE_RUNNER":            "parity/reference/cc/run_model",
	} {
		if os.Getenv(name) != "" {
			continue
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(abs); err != nil {
			return nil, fmt.Errorf("upstream's program: %w", err)
		}
		env = append(env, name+"="+abs)
	}
	return env, nil
}

// copyTree copies the files below from, without what links lead to.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o777)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o666)
	})
}
