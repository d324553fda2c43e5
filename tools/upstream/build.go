package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/cache"
	"github.com/tflite-quantize/tflite-quantize/internal/pins"
)

// A tree is the source tree and what goes with it.
type tree struct {
	root  string // of the workspace
	cache string // that third_party/fetch uses
	pins  upstreamPins
}

// Pins are those of the two packages that a release brings.
type upstreamPins struct{ tensorflow, flatbuffers pins.Pin }

func readPins() (upstreamPins, error) {
	all, err := pins.Read()
	p := upstreamPins{all["tensorflow"], all["flatbuffers"]}
	if err == nil && (p.tensorflow.Kind != "wheel" || p.flatbuffers.Kind != "go_module") {
		err = fmt.Errorf("pins: kinds of tensorflow and flatbuffers are %q and %q, expected wheel and go_module", p.tensorflow.Kind, p.flatbuffers.Kind)
	}
	return p, err
}

// overlay puts a repository for --override_repository into a folder: what the
// specification, an argument of fetch.py, names, and the project's BUILD file.
func (t *tree) overlay(dir, build string, members []string, spec map[string]any) error {
	var list []map[string]string
	for _, m := range members {
		list = append(list, map[string]string{"member": m})
	}
	spec["members"] = list
	argument, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if _, err := t.run(t.root, "python3", filepath.Join(t.root, "third_party/fetch/fetch.py"), string(argument), dir); err != nil {
		return err
	}
	data, err := os.ReadFile(filepath.Join(t.root, build))
	if err != nil {
		return err
	}
	os.Remove(filepath.Join(dir, "BUILD.bazel"))
	if err := os.WriteFile(filepath.Join(dir, "BUILD.bazel"), data, 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "WORKSPACE"), nil, 0o666)
}

// fetch puts the repositories of a release below a folder and returns Bazel's flags for them.
func (t *tree) fetch(dir string, r *release) ([]string, error) {
	err := t.overlay(dir+"/tensorflow", "third_party/tensorflow/BUILD.tensorflow.bazel", t.pins.tensorflow.Members, map[string]any{
		"client": "wheel", "name": t.pins.tensorflow.Package, "version": r.Version, "platform": r.Platform, "sha256": r.SHA256,
	})
	if err != nil {
		return nil, err
	}
	flags := []string{"--override_repository=tensorflow=" + dir + "/tensorflow"}
	if r.flatTag() == t.pins.flatbuffers.Version {
		return flags, nil
	}
	err = t.overlay(dir+"/flatbuffers", "third_party/flatbuffers/BUILD.flatbuffers.bazel", t.pins.flatbuffers.Members, map[string]any{
		"client": "go", "module": t.pins.flatbuffers.Module, "version": r.flatTag(), "sum": r.FlatSum,
	})
	return append(flags, "--override_repository=flatbuffers="+dir+"/flatbuffers"), err
}

// A program is a reference program, and the variable that names it.
type program struct{ name, variable string }

var (
	quantizeProgram = program{"quantize_reference", "TFLITE_QUANTIZE_REFERENCE"}
	convertProgram  = program{"convert_reference", "TFLITE_QUANTIZE_CONVERT_REFERENCE"}
)

// build builds a reference program against a release and has its variable name a copy
// that needs nothing of Bazel's.
func (t *tree) build(dir string, flags []string, p program) error {
	flags = append(flags, "--noshow_progress", "--color=no", "--experimental_convenience_symlinks=ignore")
	bazel := func(command string, args ...string) (string, error) {
		out, err := t.run(t.root, filepath.Join(t.root, "bazelw"), append(append([]string{command}, flags...), args...)...)
		return strings.TrimSpace(out), err
	}
	if _, err := bazel("build", "//parity/reference/cc:"+p.name); err != nil {
		return err
	}
	bin, err := bazel("info", "bazel-bin")
	if err != nil {
		return err
	}
	binary, err := os.ReadFile(filepath.Join(bin, "parity/reference/cc", p.name))
	if err != nil {
		return err
	}
	path := filepath.Join(dir, p.name)
	if err := os.WriteFile(path+".bin", binary, 0o777); err != nil {
		return err
	}
	script := fmt.Sprintf("#!/bin/sh\nLD_LIBRARY_PATH='%s/tensorflow/tensorflow' exec '%s.bin' \"$@\"\n", dir, path)
	if err := os.WriteFile(path, []byte(script), 0o777); err != nil {
		return err
	}
	return os.Setenv(p.variable, path)
}

// run runs a program in a folder and returns what it prints.
func (t *tree) run(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), cache.Environment(t.cache)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w, expected it to succeed; it printed:\n%s", filepath.Base(name), err, tail(stderr.String()))
	}
	return string(out), nil
}

// tail is the end of a text, for messages.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}
