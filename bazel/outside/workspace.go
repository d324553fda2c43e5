// Package outside runs Bazel in workspaces that use this project as others do.
package outside

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/internal/cache"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// A Workspace is a folder in which Bazel runs, with outputs of its own.
type Workspace struct {
	Dir       string
	program   string
	startup   []string
	overrides []string
}

// Source is the folder of this project's source, which is found under Bazel alone.
func Source() (string, error) {
	file, err := runfiles.Find("tflite_quantize/WORKSPACE")
	if err == nil {
		file, err = filepath.EvalSymlinks(file)
	}
	return filepath.Dir(file), err
}

// New makes a workspace with the files of the example in the new folder dir, and an empty
// folder for Bazel's outputs beside it. Close removes the outputs.
func New(source, dir string) (*Workspace, error) {
	w := &Workspace{Dir: dir, startup: []string{"--nohome_rc", "--output_user_root=" + dir + ".outputs", "--max_idle_secs=60"}}
	for _, name := range []string{"bazel-4", "bazel", "bazelisk"} {
		if w.program == "" {
			w.program, _ = exec.LookPath(name)
		}
	}
	if w.program == "" {
		return nil, errors.New("there is no bazel on PATH")
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(source, "bazel", "example"))); err != nil {
		return nil, err
	}
	// What Bazel would fetch for itself, from where no test may.
	for name, path := range map[string]string{
		"bazel_skylib":          "/usr/share/bazel/tools/skylib",
		"rules_java":            "/usr/share/bazel/rules/java",
		"rules_cc":              source + "/third_party/shims/rules_cc",
		"remote_coverage_tools": source + "/third_party/shims/remote_coverage_tools",
	} {
		w.overrides = append(w.overrides, "--override_repository="+name+"="+path)
	}
	return w, w.Replace("WORKSPACE", `"../.."`, fmt.Sprintf("%q", source))
}

// Replace changes a file of the workspace, which must have what is replaced.
func (w *Workspace) Replace(name, from, to string) error {
	path := filepath.Join(w.Dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Contains(data, []byte(from)) {
		return fmt.Errorf("%s: has no %s", path, from)
	}
	return os.WriteFile(path, bytes.ReplaceAll(data, []byte(from), []byte(to)), 0o666)
}

// Close ends Bazel's server and removes its outputs.
func (w *Workspace) Close() error { return w.command("clean", "--expunge").Run() }

func (w *Workspace) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.program, append(w.startup[:len(w.startup):len(w.startup)], args...)...)
	cmd.Dir = w.Dir
	if home, err := cache.Home(); err == nil {
		cmd.Env = append(os.Environ(), "HOME="+home)
	}
	return cmd
}

// Run runs a command of Bazel, such as build, and returns what it printed.
func (w *Workspace) Run(command string, args ...string) (string, error) {
	out, err := w.command(append(append([]string{command}, w.overrides...), args...)...).CombinedOutput()
	return string(out), err
}
