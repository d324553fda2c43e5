// Package younger compares the recipes of TensorFlow's newer quantizer with the passes of
// LiteRT's converter, which are younger than those of the pinned TensorFlow.
package younger

import (
	_ "embed"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/pyenv"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

var fetched = flag.Bool("fetched", false, "compare with litert-converter, which PyPI is asked for: it takes a network, and 400 MB of disk")

//go:embed quantize.py
var program string

//go:embed packages.txt
var packages []byte

var environment = pyenv.Environment{Name: "litert-converter", Requirements: packages}

// ways are the options of the recipes and the flags of the program.
var ways = []struct {
	name    string
	options mlir.Options
	flags   []string
}{
	{"converter", mlir.Options{Variant: mlir.Converter}, nil},
	{"converter per tensor", mlir.Options{Variant: mlir.Converter, PerTensor: true}, []string{"--per-tensor"}},
	{"converter_float16", mlir.Options{Variant: mlir.Converter, Float16: true}, []string{"--float16"}},
	{"mlir", mlir.Options{}, []string{"--legacy-float-scale"}},
}

// recurrent are networks that are left out: on LSTM over a sequence the passes do not come to
// an end and take more and more memory.
var recurrent = []string{"LSTM over a sequence", "LSTM, one step", "bidirectional LSTM", "RNN, one step", "RNN over a sequence", "bidirectional RNN", "SVDF"}

// Every unit of networks and real models is that of the younger passes.
func TestUnitsAreThoseOfYoungerPasses(t *testing.T) {
	if !*fetched {
		t.Skip("needs a network: asked for by -fetched")
	}
	python, err := environment.Python()
	if err != nil {
		t.Fatal(err)
	}
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		file, err := os.ReadFile(m.Path)
		if err != nil {
			t.Fatal(err)
		}
		compareAll(t, python, m.Name, file)
	}
	for _, n := range synthetic.Nets() {
		if !slices.Contains(recurrent, n.Name) {
			compareAll(t, python, n.Name, n.Model().Bytes())
		}
	}
}

func compareAll(t *testing.T, python, name string, file []byte) {
	for _, w := range ways {
		t.Run(name+"/"+w.name, func(t *testing.T) {
			r, err := compare(t, python, file, w.flags, w.options)
			switch {
			case err != nil:
				t.Error(err)
			case !r.Good():
				t.Errorf("%d equal, %d missing, %d extra: %s", r.Equal, len(r.Missing), len(r.Extra), r.First())
			default:
				t.Logf("%d units are equal", r.Equal)
			}
		})
	}
}

// compare quantizes a file with both.
func compare(t *testing.T, python string, file []byte, flags []string, o mlir.Options) (r units.Result, err error) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, file, 0o666); err != nil {
		return r, err
	}
	printed, err := exec.Command(python, append(append([]string{"-c", program}, flags...), in, out)...).CombinedOutput()
	if err != nil {
		t.Logf("%.1000s", printed)
		return r, err
	}
	var files [3]*tflite.ModelT
	if files[0], err = tflite.Read(file); err != nil {
		return r, err
	}
	ours, err := quantize.Bytes(files[0], o)
	if err != nil {
		return r, err
	}
	if files[1], err = tflite.Read(ours); err != nil {
		return r, err
	}
	theirs, err := os.ReadFile(out)
	if err != nil {
		return r, err
	}
	if files[2], err = tflite.Read(theirs); err != nil {
		return r, err
	}
	return units.Compare(files[0], files[1], files[2]), nil
}
