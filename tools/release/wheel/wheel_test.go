package wheel

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
	"github.com/tflite-quantize/tflite-quantize/tools/release/archive"
)

const root = "../../.."

// parts are those of the source tree, with a version and a time.
func parts(t *testing.T) Parts {
	t.Helper()
	p := Parts{Version: "1.2.3rc1", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	var err error
	if p.Module, err = Module(os.DirFS(filepath.Join(root, "python"))); err != nil {
		t.Fatal(err)
	}
	p.Licences = []archive.File{{Name: "LICENSE", Data: read(t, "LICENSE")}}
	p.Readme = read(t, "docs/python.md")
	return p
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// command is the program quantize for this machine.
func command(t *testing.T) []byte {
	t.Helper()
	path, err := runfiles.Find("tflite_quantize/go/cmd/quantize/quantize_/quantize")
	if err != nil { // outside of Bazel
		path = filepath.Join(t.TempDir(), "quantize")
		if _, err := gotool.Run(root, []string{"CGO_ENABLED=0"}, "build", "-o", path, "./go/cmd/quantize"); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// hostWheel writes the wheel for x86-64 Linux and returns its path.
func hostWheel(t *testing.T) string {
	t.Helper()
	w, err := parts(t).Make("linux/amd64", command(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), w.Name)
	if err := os.WriteFile(path, w.Data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func python(t *testing.T, env []string, args ...string) string {
	t.Helper()
	c := exec.Command("python3.11", args...)
	if filepath.IsAbs(args[0]) {
		c = exec.Command(args[0], args[1:]...)
	}
	c.Dir = t.TempDir()
	c.Env = append(append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INDEX=1"), env...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func nmp(t *testing.T) string {
	t.Helper()
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.Name == "nmp" {
			return m.Path
		}
	}
	t.Fatal("the model nmp is missing")
	return ""
}

// runtime are the folders of LiteRT and NumPy, which compare runs.
func runtime(t *testing.T) string {
	t.Helper()
	path, err := interpreter.LiteRT.PythonPath()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The wheel is installed by pip, and the whole package is used, as is each example of its page.
func TestTheInstalledPackageDoesWhatTheCommandDoes(t *testing.T) {
	api, err := filepath.Abs(filepath.Join(root, "python", "tests", "api_test.py"))
	if err != nil {
		t.Fatal(err)
	}
	w, model := hostWheel(t), nmp(t)
	examples := filepath.Join(t.TempDir(), "examples.py")
	if err := os.WriteFile(examples, []byte(fmt.Sprintf("import shutil\nshutil.copy(%q, 'model.tflite')\n%s", model, blocks(t))), 0o666); err != nil {
		t.Fatal(err)
	}
	use := func(t *testing.T, interpreter, command string, env ...string) {
		env = append(env, "MODEL="+model, "COMMAND="+command, "VERSION=1.2.3rc1")
		if out := python(t, env, interpreter, api); !regexp.MustCompile(`Ran [1-9]\d* tests in .*\n\nOK\n`).MatchString(out) {
			t.Errorf("the tests printed %s", out)
		}
		printed := python(t, env, interpreter, examples)
		for _, want := range []string{"204448 -> 105872\n", "\nLiteRT 24.7 dB\n", "\n--type: invalid type \"int4\": want int8 or float16\n"} {
			if !strings.Contains(printed, want) {
				t.Errorf("the examples print %q, want %q in it", printed, want)
			}
		}
	}
	t.Run("in a folder", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "a folder")
		python(t, nil, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, w)
		use(t, "-B", filepath.Join(folder, "bin", "quantize"), "PYTHONPATH="+folder+":"+runtime(t))
	})
	t.Run("in a virtual environment", func(t *testing.T) {
		if exec.Command("python3.11", "-c", "import ensurepip").Run() != nil {
			t.Skip("this Python makes no virtual environments; Debian's package python3-venv has what it lacks")
		}
		folder := filepath.Join(t.TempDir(), "env")
		python(t, nil, "-m", "venv", folder)
		interpreter := filepath.Join(folder, "bin", "python")
		python(t, nil, interpreter, "-m", "pip", "install", "--quiet", "--no-deps", w)
		use(t, interpreter, filepath.Join(folder, "bin", "quantize"), "PYTHONPATH="+runtime(t))
		python(t, nil, filepath.Join(folder, "bin", "tflite-quantize"), "--version")
	})
}

// blocks is the Python of the page about it.
func blocks(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, m := range regexp.MustCompile("(?s)```python\n(.*?)```").FindAllStringSubmatch(string(read(t, "docs/python.md")), -1) {
		b.WriteString(m[1] + "\n")
	}
	return b.String()
}

// pip takes the wheel of each platform on each of its platforms, and no other.
func TestPipTakesWheelsForTheirPlatforms(t *testing.T) {
	all := t.TempDir()
	var tags []string
	for platform, tag := range Tags {
		w, err := parts(t).Make(platform, []byte("program"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(all, w.Name), w.Data, 0o666); err != nil {
			t.Fatal(err)
		}
		tags = append(tags, strings.Split(tag, ".")...)
	}
	for _, tag := range tags {
		folder := t.TempDir()
		python(t, nil, "-m", "pip", "install", "--quiet", "--pre", "--no-deps", "--find-links", all, "--platform", tag, "--only-binary=:all:", "--target", folder, "tflite-quantize")
		found, err := filepath.Glob(filepath.Join(folder, "bin", "quantize*"))
		if err != nil || len(found) != 1 {
			t.Errorf("%s: %v, %v", tag, found, err)
		}
	}
}

// A wheel's list has the sum and size of every file, and its names and times are those of the release.
func TestWheelsAreWhole(t *testing.T) {
	w, err := parts(t).Make("linux/amd64", []byte("program"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "tflite_quantize-1.2.3rc1-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64.whl"; w.Name != want {
		t.Errorf("%s, want %s", w.Name, want)
	}
	z, err := zip.NewReader(bytes.NewReader(w.Data), int64(len(w.Data)))
	if err != nil {
		t.Fatal(err)
	}
	content := map[string]string{}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		content[f.Name] = string(data)
		if !f.Modified.Equal(parts(t).Time) {
			t.Errorf("%s: time %v", f.Name, f.Modified)
		}
		if isProgram := strings.Contains(f.Name, ".data/scripts/"); (f.Mode()&0o111 != 0) != isProgram {
			t.Errorf("%s: mode %v", f.Name, f.Mode())
		}
	}
	const info = "tflite_quantize-1.2.3rc1.dist-info/"
	if len(content) != len(z.File) || z.File[len(z.File)-1].Name != info+"RECORD" {
		t.Errorf("%d names of %d files", len(content), len(z.File))
	}
	for name, data := range content {
		line := fmt.Sprintf("%s,sha256=%s,%d\n", name, digest([]byte(data)), len(data))
		if name == info+"RECORD" {
			line = name + ",,\n"
		}
		if !strings.Contains(content[info+"RECORD"], line) {
			t.Errorf("RECORD lacks %s", line)
		}
	}
	for _, name := range []string{"tflite_quantize/__init__.py", "tflite_quantize/py.typed", info + "licenses/LICENSE"} {
		if _, ok := content[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if want := "Tag: py3-none-manylinux_2_17_x86_64\nTag: py3-none-manylinux2014_x86_64\nTag: py3-none-musllinux_1_1_x86_64\n"; !strings.HasSuffix(content[info+"WHEEL"], want) {
		t.Errorf("WHEEL is %s", content[info+"WHEEL"])
	}
}
