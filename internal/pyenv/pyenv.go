// Package pyenv makes Python environments of pinned packages from PyPI, for programs
// that tests and measurements compare with. It needs Python 3.11 with venv, x86-64
// Linux, and once a network.
package pyenv

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/internal/cache"
)

// An Environment has packages that nothing else has.
type Environment struct {
	Name         string // of its folder in the cache
	Requirements []byte // a requirements file of pip with a hash for each package
}

// Python is the environment's interpreter. The first call makes the environment.
func (e Environment) Python() (string, error) {
	folder, err := e.folder()
	return filepath.Join(folder, "bin", "python"), err
}

// Packages is the folder with the environment's packages. The first call makes the
// environment.
func (e Environment) Packages() (string, error) {
	folder, err := e.folder()
	return filepath.Join(folder, "lib", "python3.11", "site-packages"), err
}

// folder makes the environment where there is none of these requirements.
func (e Environment) folder() (string, error) {
	all, err := cache.Folder()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(all, e.Name)
	ready := filepath.Join(folder, "ready")
	if made, err := os.ReadFile(ready); err == nil && bytes.Equal(made, e.Requirements) {
		return folder, nil
	}
	if err := e.install(folder); err != nil {
		return "", err
	}
	return folder, os.WriteFile(ready, e.Requirements, 0o666)
}

func (e Environment) install(folder string) error {
	list, err := os.CreateTemp("", "requirements")
	if err != nil {
		return err
	}
	defer os.Remove(list.Name())
	if _, err := list.Write(e.Requirements); err != nil {
		return err
	}
	if err := list.Close(); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"python3.11", "-m", "venv", "--clear", folder},
		{filepath.Join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", list.Name()},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %v: %w, expected Python 3.11 with venv, and a network\n%s", e.Name, args, err, out)
		}
	}
	return nil
}
