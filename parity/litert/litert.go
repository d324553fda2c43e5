// Package litert runs the quantizer of LiteRT, as TFLite's successor is called, from
// PyPI, to be compared with. It needs Python 3.11 with venv, x86-64 Linux, and once a network.
package litert

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/internal/cache"
)

//go:embed requirements.txt
var requirements []byte

//go:embed quantize.py
var quantizeProgram string

// Quantizer returns a command to which the names of a model and of the int8
// model to be written are appended.
func Quantizer() ([]string, error) {
	python, err := environment()
	return []string{python, "-c", quantizeProgram}, err
}

// environment returns the Python of an environment with the pinned packages, which
// its first use makes in the cache.
func environment() (python string, err error) {
	folder, err := cache.Folder()
	if err != nil {
		return "", err
	}
	env := filepath.Join(folder, "litert-quantizer")
	python, ready := filepath.Join(env, "bin", "python"), filepath.Join(env, "ready")
	if made, err := os.ReadFile(ready); err == nil && bytes.Equal(made, requirements) {
		return python, nil
	}
	list, err := os.CreateTemp("", "requirements")
	if err != nil {
		return "", err
	}
	defer os.Remove(list.Name())
	if _, err := list.Write(requirements); err != nil {
		return "", err
	}
	if err := list.Close(); err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{"python3.11", "-m", "venv", "--clear", env},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", list.Name()},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("LiteRT: %v: %w, expected Python 3.11 with venv, and a network\n%s", args, err, out)
		}
	}
	return python, os.WriteFile(ready, requirements, 0o666)
}
