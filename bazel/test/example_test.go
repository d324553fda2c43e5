package test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/bazel/outside"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// The example in a workspace of its own, which declares nothing but this project.
func TestExampleByItself(t *testing.T) {
	source, err := outside.Source()
	if err != nil {
		t.Skip("run this under Bazel:", err)
	}
	w, err := outside.New(source, filepath.Join(t.TempDir(), "example"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	e := example{w}
	t.Run("files and tests", e.testFiles)
	t.Run("report", e.testReport)
	t.Run("mistakes", e.testMistakes)
	t.Run("prebuilt", e.testPrebuilt)
	t.Run("archive", func(t *testing.T) { e.testArchive(t, source) })
}

type example struct{ *outside.Workspace }

func (e example) replace(t *testing.T, name, from, to string) {
	t.Helper()
	if err := e.Replace(name, from, to); err != nil {
		t.Fatal(err)
	}
}

// The files are those of the command, and the example's tests pass.
func (e example) testFiles(t *testing.T) {
	if out, err := e.Run("test", "--build_tests_only=false", "--cxxopt=-std=c++17", "--test_output=errors", "//..."); err != nil || !strings.Contains(out, "3 tests pass") {
		t.Fatalf("%v\n%s", err, out)
	}
	made := 0
	for target, flags := range map[string][]string{"int8": nil, "converter": {"--recipe=converter", "--min-elements=1"}, "half": {"--type=float16"}} {
		models, err := filepath.Glob(filepath.Join(e.Dir, "models", "*.tflite"))
		if err != nil {
			t.Fatal(err)
		}
		for _, model := range models {
			got, err := os.ReadFile(filepath.Join(e.Dir, "bazel-bin", strings.TrimSuffix(filepath.Base(model), ".tflite")+"_"+target+".tflite"))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "want.tflite")
			if code := cli.Run(append([]string{model, "-o", path, "-q"}, flags...), os.Stdout, os.Stderr); code != 0 {
				t.Fatalf("%s: exit code %d", model, code)
			}
			if want, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, %s: the file is not that of the command (%v)", model, target, err)
			}
			made++
		}
	}
	if made != 30 {
		t.Errorf("%d files, want 30", made)
	}
}

func (e example) testReport(t *testing.T) {
	if out, err := e.Run("build", "--output_groups=report", "//:conv_2d_int8"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	page, err := os.ReadFile(filepath.Join(e.Dir, "bazel-bin", "conv_2d_int8.html"))
	if err != nil || !bytes.Contains(page, []byte("made of conv_2d.tflite")) {
		t.Errorf("no report: %v", err)
	}
}

// A mistake in a BUILD file ends the build with the command's own words.
func (e example) testMistakes(t *testing.T) {
	e.replace(t, "BUILD.bazel", `recipe = "converter"`, `recipe = "convertor"`)
	out, err := e.Run("build", "//:gather_converter")
	if err == nil || !strings.Contains(out, `no file or recipe "convertor": want a file in JSON, or converter, or another one`) {
		t.Errorf("%v\n%s", err, out)
	}
	e.replace(t, "BUILD.bazel", "min_snr = 30", "min_snr = 300")
	out, err = e.Run("test", "--cxxopt=-std=c++17", "--test_output=errors", "//:conv_2d_test")
	if err == nil || !strings.Contains(out, "--min-snr wants 300 dB") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A release's program serves instead of one that is built.
func (e example) testPrebuilt(t *testing.T) {
	program, err := runfiles.Find("tflite_quantize/go/cmd/quantize/quantize_/quantize")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	e.replace(t, "WORKSPACE", "tflite_quantize_deps()", fmt.Sprintf("tflite_quantize_deps(urls = [%q], sha256 = %q)", "file://"+program, sum))
	if out, err := e.Run("build", "//:gather_int8"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	e.replace(t, "WORKSPACE", sum, strings.Repeat("0", 64))
	if out, err := e.Run("build", "//:gather_int8"); err == nil || !strings.Contains(out, "Checksum") {
		t.Errorf("another file than the pinned one: %v\n%s", err, out)
	}
}

// An archive of the source serves as the folder does.
func (e example) testArchive(t *testing.T, source string) {
	path := filepath.Join(t.TempDir(), "source.tar.gz")
	// Bazel's links lead to all that it has built.
	pack := exec.Command("tar", "--create", "--gzip", "--file="+path, "--exclude=./.git", "--exclude=./bazel-*", "--transform=s,^[.],project-1.0,", ".")
	pack.Dir = source
	if out, err := pack.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf(`workspace(name = "example")

load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")

http_archive(
    name = "tflite_quantize",
    sha256 = "%x",
    strip_prefix = "project-1.0",
    urls = ["file://%s"],
)

load("@tflite_quantize//bazel:deps.bzl", "tflite_quantize_deps")

tflite_quantize_deps()
`, sha256.Sum256(data), path)
	if err := os.WriteFile(filepath.Join(e.Dir, "WORKSPACE"), []byte(file), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := e.Run("build", "//:svdf_int8"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
