// Package gotool runs the go command.
package gotool

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/cache"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// Run runs the go command in a folder, with variables beside those of this process, and returns what it
// prints. Under Bazel it is the pinned one, if the target has it as data, and its modules are those
// in the cache of all that is fetched; else the one in PATH. Errors are in its words.
func Run(dir string, env []string, args ...string) (string, error) {
	c := exec.Command("go", args...)
	c.Env = os.Environ()
	if pinned, err := runfiles.Find("go_sdk/bin/go"); err == nil {
		folder, err := cache.Folder()
		if err != nil {
			return "", err
		}
		c = exec.Command(pinned, args...)
		c.Env = append(os.Environ(), cache.Environment(folder)...)
	}
	c.Dir = dir
	c.Env = append(append(c.Env, "GOFLAGS=-mod=readonly -modcacherw", "GOWORK=off"), env...)
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("go %s: %s", args[0], strings.TrimSpace(string(exit.Stderr)))
	}
	return string(out), err
}
