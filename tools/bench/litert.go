package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed litert_requirements.txt
var litertRequirements []byte

//go:embed litert_quantize.py
var litertProgram []byte

// litert returns the command that runs litert-quantizer. Its first use makes a
// Python environment of its own, in the cache, with what is pinned.
func (b *bench) litert() ([]string, error) {
	cache := os.Getenv("TFLITE_QUANTIZE_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		cache = filepath.Join(home, ".cache", "tflite-quantize")
	}
	script := filepath.Join(b.dir, "litert_quantize.py")
	if err := os.WriteFile(script, litertProgram, 0o666); err != nil {
		return nil, err
	}
	env := filepath.Join(cache, "litert-quantizer")
	python := filepath.Join(env, "bin", "python")
	ready := filepath.Join(env, "ready")
	if _, err := os.Stat(ready); err == nil {
		return []string{python, script}, nil
	}
	requirements := filepath.Join(b.dir, "requirements.txt")
	if err := os.WriteFile(requirements, litertRequirements, 0o666); err != nil {
		return nil, err
	}
	for _, args := range [][]string{
		{"python3.11", "-m", "venv", "--clear", env},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", requirements},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("litert-quantizer: %v: %w, expected Python 3.11 with venv, and a network\n%s", args, err, out)
		}
	}
	return []string{python, script}, os.WriteFile(ready, nil, 0o666)
}
