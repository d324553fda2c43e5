package cabi

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

// variable names the C++ program outside of Bazel.
const variable = "TFLITE_QUANTIZE_CABI_COMPARE"

func program(t *testing.T) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		return path
	}
	path, err := runfiles.Find("tflite_quantize/parity/cabi/cc/compare")
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return path
}

// library builds the library of the source tree, with modules that are in the cache.
func library(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("there is no C compiler:", err)
	}
	workspace, err := filepath.EvalSymlinks(filepath.Join("..", "..", "WORKSPACE"))
	if err != nil {
		t.Skip("there is no source tree:", err)
	}
	path := filepath.Join(t.TempDir(), "libtflite_quantize.so")
	_, err = gotool.Run(filepath.Dir(workspace), []string{"CGO_ENABLED=1", "GOPROXY=off"}, "build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared", "-o", path, "./go/cabi")
	if err != nil && strings.Contains(err.Error(), "GOPROXY=off") {
		t.Skip("modules are not in the cache, fetch them with go mod download:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// call runs the C++ program and returns its exit code and what it prints.
func call(t *testing.T, args ...string) (code int, printed string) {
	t.Helper()
	c := exec.Command(program(t), args...)
	c.Env = append(os.Environ(), "TF_CPP_MIN_LOG_LEVEL=1", "TF_ENABLE_ONEDNN_OPTS=0")
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

// The library in the place of TensorFlow's function gives the same bytes for all real models;
// by a recipe, where nothing is repaired.
func TestTheLibraryGivesTensorFlowsBytes(t *testing.T) {
	library := library(t)
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	legacy := []string{"legacy", `{"recipe": "quantize_weights", "version": 1, "scheme": "legacy"}`}
	compared := 0
	for _, m := range list {
		for _, c := range []struct {
			args    []string
			options quantize.Options
		}{{nil, quantize.Options{}}, {legacy, quantize.Options{Scheme: quantize.Legacy}}} {
			ordered, repaired := differs(t, m.Path, c.options)
			if ordered {
				continue
			}
			compared++
			want := 0
			if c.args != nil && repaired {
				want = 1
			}
			if code, printed := call(t, append([]string{library, m.Path}, c.args...)...); code != want {
				t.Errorf("%s %v: code %d, want %d: %s", m.Name, c.args, code, want, printed)
			}
		}
	}
	if compared < len(list) {
		t.Errorf("only %d files of %d models were compared", compared, len(list))
	}
}

// differs reports that TensorFlow's file differs from one process to the next, and that the
// one with repairs is another one.
func differs(t *testing.T, path string, o quantize.Options) (ordered, repaired bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := tflite.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if ordered, err = compare.OrderShows(m, o); err != nil {
		t.Fatal(err)
	}
	plain, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Repairs = repair.Every()
	mended, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return ordered, !bytes.Equal(plain, mended)
}

func TestErrorsHaveACodeAndWords(t *testing.T) {
	library := library(t)
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(t.TempDir(), "none")
	if err := os.WriteFile(none, []byte("abc"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ model, options, want string }{
		{none, `{"recipe": "quantize_weights", "version": 1}`, "code 3: not a valid TFLite model: "},
		{list[0].Path, `{"recipe": "quantize_weights", "version": 1,` + "\n" + ` "schema": "legacy"}`, "code 2: options:2: unknown key \"schema\": did you mean \"scheme\"?\n"},
		{list[0].Path, `{"recipe": "quantize_weights", "version": 1, "min_elements": 1, "type": "float16"}`, "code 2: options:1: min_elements: "},
		{list[0].Path, "{", "code 2: options:1: "},
	} {
		if code, printed := call(t, library, c.model, "updated", c.options); code != 2 || !strings.HasPrefix(printed, c.want) {
			t.Errorf("%s: code %d: %s, want %s", c.options, code, printed, c.want)
		}
	}
	// A recipe of another kind gives another file.
	if code, printed := call(t, library, list[0].Path, "updated", `{"recipe": "dynamic_wi4_afp32", "version": 1}`); code != 1 {
		t.Errorf("code %d: %s", code, printed)
	}
}
