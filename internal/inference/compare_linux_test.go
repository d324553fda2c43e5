//go:build amd64

package inference

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/inference/library"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// TestMain is run_tflite where a test starts this program as such.
func TestMain(m *testing.M) {
	if os.Getenv("INFERENCE_TEST_HELPER") == "" {
		os.Exit(m.Run())
	}
	c := library.Config{Library: os.Args[1], Model: os.Args[2], Threads: 1, XNNPACK: strings.Contains(strings.Join(os.Args[3:], " "), "--xnnpack")}
	for _, flag := range os.Args[3:] {
		if key, ok := strings.CutPrefix(flag, "--signature="); ok {
			c.Signature = key
		}
	}
	if err := library.Serve(bufio.NewReader(os.Stdin), os.Stdout, c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runtimes are the library that comes with Bazel, and a Python with LiteRT.
func runtimes(t *testing.T) map[string]*Runtime {
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("INFERENCE_TEST_HELPER", "1")
	t.Setenv(helperVariable, me)
	library, err := Find("")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(library.Name, ".so") {
		t.Fatalf("the runtime is %s, want Bazel's library: run this under Bazel, or set TEST_SRCDIR", library.Name)
	}
	t.Setenv("PYTHONPATH", litert(t))
	python, err := Find(pythonPath(t))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*Runtime{"TensorFlow Lite 2.18.0": library, "LiteRT": python}
}

func litert(t *testing.T) string {
	if path := os.Getenv("TFLITE_QUANTIZE_LITERT"); path != "" {
		return path
	}
	var folders []string
	for _, name := range []string{"litert", "numpy"} {
		folder, err := runfiles.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, folder)
	}
	return strings.Join(folders, ":")
}

func pythonPath(t *testing.T) string {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if path := filepath.Join(dir, "python3.11"); exists(path) {
			return path
		}
	}
	t.Fatal("python3.11 is not in PATH")
	return ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// models are a float one and its quantized file.
func models(t *testing.T) (float, quantized string) {
	var m *tflite.ModelT
	for _, net := range synthetic.Nets() {
		if net.Name == "text CNN" {
			m = &net.Model().ModelT
		}
	}
	dir := t.TempDir()
	float, quantized = filepath.Join(dir, "float.tflite"), filepath.Join(dir, "int8.tflite")
	file, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	small, err := quantize.Bytes(m, quantize.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{float: file, quantized: small} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return float, quantized
}

func TestAQuantizedModelIsNearItsFloatModelInEveryRuntime(t *testing.T) {
	float, quantized := models(t)
	for name, r := range runtimes(t) {
		t.Run(name, func(t *testing.T) {
			c, err := r.Compare(context.Background(), float, quantized, CompareOptions{Layers: true, Turn: time.Millisecond, Turns: 3})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(c.Runtime, name) || len(c.Examples) != 3 || len(c.Kernels) != 2 || len(c.Layers) == 0 {
				t.Errorf("%+v", c)
			}
			for _, k := range c.Kernels {
				if k.Error != "" || len(k.Outputs) != 1 || k.Latency == nil || !(k.Latency.Faster.Low <= k.Latency.Faster.High) {
					t.Fatalf("%s: %+v", k.Name, k)
				}
				if o := k.Outputs[0]; !(o.Decibels() > 20) || o.Noise == 0 {
					t.Errorf("%s: signal to noise %s: want that of int8 weights", k.Name, k.Outputs[0].SNR)
				}
			}
		})
	}
}

func TestAModelAgainstItselfIsWithoutNoise(t *testing.T) {
	float, _ := models(t)
	for name, r := range runtimes(t) {
		c, err := r.Compare(context.Background(), float, float, CompareOptions{Layers: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range append(c.Layers, c.Kernels[0].Outputs...) {
			if o.Noise != 0 || o.Signal == 0 || o.SNR != "without noise" {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
}

func TestRefusedModelsAreSaid(t *testing.T) {
	float, _ := models(t)
	broken := filepath.Join(t.TempDir(), "broken.tflite")
	if err := os.WriteFile(broken, []byte("no model"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, r := range runtimes(t) {
		c, err := r.Compare(context.Background(), float, broken, CompareOptions{})
		if err != nil || c.Kernels[0].Error == "" || c.Kernels[0].Outputs != nil {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestARuntimeThatIsNoneIsSaid(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing")} {
		if _, err := Find(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
