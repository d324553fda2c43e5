package test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// A workspace is a copy of the example, in which Bazel runs with outputs of its own.
type workspace struct {
	t         *testing.T
	dir       string
	program   string
	startup   []string
	overrides []string
}

// newWorkspace is skipped outside Bazel, which finds the source tree.
func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	file, err := runfiles.Find("tflite_quantize/WORKSPACE")
	if err != nil {
		t.Skip("run this under Bazel:", err)
	}
	if file, err = filepath.EvalSymlinks(file); err != nil {
		t.Fatal(err)
	}
	source := filepath.Dir(file)
	w := &workspace{t: t, dir: filepath.Join(t.TempDir(), "example"), startup: []string{"--nohome_rc", "--output_user_root=" + filepath.Join(t.TempDir(), "outputs"), "--max_idle_secs=60"}}
	for _, name := range []string{"bazel-4", "bazel", "bazelisk"} {
		if w.program == "" {
			w.program, _ = exec.LookPath(name)
		}
	}
	if err := os.CopyFS(w.dir, os.DirFS(filepath.Join(source, "bazel", "example"))); err != nil {
		t.Fatal(err)
	}
	w.replace("WORKSPACE", `"../.."`, `"`+source+`"`)
	// What Bazel would fetch for itself, from where no test may.
	for name, path := range map[string]string{
		"bazel_skylib":          "/usr/share/bazel/tools/skylib",
		"rules_java":            "/usr/share/bazel/rules/java",
		"rules_cc":              source + "/third_party/shims/rules_cc",
		"remote_coverage_tools": source + "/third_party/shims/remote_coverage_tools",
	} {
		w.overrides = append(w.overrides, "--override_repository="+name+"="+path)
	}
	t.Cleanup(func() { w.command("clean", "--expunge").Run() })
	return w
}

func (w *workspace) replace(name, from, to string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(from)) {
		w.t.Fatalf("%s: no %s: %v", name, from, err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(data, []byte(from), []byte(to)), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workspace) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.program, append(w.startup[:len(w.startup):len(w.startup)], args...)...)
	cmd.Dir = w.dir
	// Bazel gives tests another home than that of the cache.
	if me, err := user.Current(); err == nil {
		cmd.Env = append(os.Environ(), "HOME="+me.HomeDir)
	}
	return cmd
}

// run runs Bazel and returns what it printed.
func (w *workspace) run(command string, args ...string) (string, error) {
	out, err := w.command(append(append([]string{command}, w.overrides...), args...)...).CombinedOutput()
	return string(out), err
}

// The example in a workspace of its own, which declares nothing but this project.
func TestExampleByItself(t *testing.T) {
	w := newWorkspace(t)
	t.Run("files and tests", w.testFiles)
	t.Run("report", w.testReport)
	t.Run("mistakes", w.testMistakes)
	t.Run("prebuilt", w.testPrebuilt)
}

func (w *workspace) testReport(t *testing.T) {
	if out, err := w.run("build", "--output_groups=report", "//:conv_2d_int8"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	page, err := os.ReadFile(filepath.Join(w.dir, "bazel-bin", "conv_2d_int8.html"))
	if err != nil || !bytes.Contains(page, []byte("made of conv_2d.tflite")) {
		t.Errorf("no report: %v", err)
	}
}

// A release's program serves instead of one that is built.
func (w *workspace) testPrebuilt(t *testing.T) {
	program, err := runfiles.Find("tflite_quantize/go/cmd/quantize/quantize_/quantize")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	w.replace("WORKSPACE", "tflite_quantize_deps()", fmt.Sprintf("tflite_quantize_deps(urls = [%q], sha256 = %q)", "file://"+program, fmt.Sprintf("%x", sha256.Sum256(data))))
	if out, err := w.run("build", "//:gather_int8"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.replace("WORKSPACE", fmt.Sprintf("%x", sha256.Sum256(data)), strings.Repeat("0", 64))
	if out, err := w.run("build", "//:gather_int8"); err == nil || !strings.Contains(out, "Checksum") {
		t.Errorf("another file than the pinned one: %v\n%s", err, out)
	}
}

// The files are those of the command, and the example's tests pass.
func (w *workspace) testFiles(t *testing.T) {
	if out, err := w.run("test", "--build_tests_only=false", "--cxxopt=-std=c++17", "--test_output=errors", "//..."); err != nil || !strings.Contains(out, "3 tests pass") {
		t.Fatalf("%v\n%s", err, out)
	}
	made := 0
	for target, flags := range map[string][]string{"int8": nil, "converter": {"--recipe=converter", "--min-elements=1"}, "half": {"--type=float16"}} {
		models, err := filepath.Glob(filepath.Join(w.dir, "models", "*.tflite"))
		if err != nil {
			t.Fatal(err)
		}
		for _, model := range models {
			got, err := os.ReadFile(filepath.Join(w.dir, "bazel-bin", strings.TrimSuffix(filepath.Base(model), ".tflite")+"_"+target+".tflite"))
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

// A mistake in a BUILD file ends the build with the command's own words.
func (w *workspace) testMistakes(t *testing.T) {
	w.replace("BUILD.bazel", `recipe = "converter"`, `recipe = "convertor"`)
	out, err := w.run("build", "//:gather_converter")
	if err == nil || !strings.Contains(out, `no file or recipe "convertor": want a file in JSON, or converter, or another one`) {
		t.Errorf("%v\n%s", err, out)
	}
	w.replace("BUILD.bazel", "min_snr = 30", "min_snr = 300")
	out, err = w.run("test", "--cxxopt=-std=c++17", "--test_output=errors", "//:conv_2d_test")
	if err == nil || !strings.Contains(out, "--min-snr wants 300 dB") {
		t.Errorf("%v\n%s", err, out)
	}
}
