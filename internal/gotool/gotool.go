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

// Module is the path of this module.
const Module = "github.com/tflite-quantize/tflite-quantize"

// Stripped is the flag with which programs are built without what debuggers need; they tell
// a version and its commit where there is one.
func Stripped(version, commit string) string {
	set := "-ldflags=-s -w"
	if version != "" {
		set += fmt.Sprintf(" -X %s/internal/cli.Version=%s -X %[1]s/internal/cli.Commit=%[3]s", Module, version, commit)
	}
	return set
}

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
