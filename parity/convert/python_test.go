package convert

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels/networks"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
)

var python = flag.Bool("python", false, "also convert by TensorFlow's Python: it takes a network, and 1.5 GB of disk")

//go:embed convert.py
var convertProgram string

// The command's quantized file has the tensors, scales and operators of what
// tf.lite.TFLiteConverter makes with the older quantizer.
func TestQuantizedFilesAreThoseOfTFLiteConverter(t *testing.T) {
	if !*python {
		t.Skip("needs a network: asked for by -python")
	}
	environment, err := interpreter.TensorFlow.Python()
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, flags []string, args []string, graphs ...savedmodels.Graph) {
		t.Run(name, func(t *testing.T) {
			dir := save(t, graphs...)
			ours := read(t, converted(t, dir, append(flags, "--post_training_quantize", "--exact")...))
			theirs := byPython(t, environment, append([]string{dir}, args...))
			shared := sharing(t, read(t, converted(t, dir, flags...)))
			for _, d := range diff.AnyOrder(theirs, ours, 20) {
				if slices.ContainsFunc(shared, func(place string) bool { return strings.HasPrefix(d.Path, place) }) {
					continue
				}
				t.Errorf("%s: %s, Python's %s", d.Path, d.B, d.A)
			}
		})
	}
	for _, n := range networks.All(*fullSize) {
		check(n.Name, nil, []string{"serve"}, n.Graph)
	}
	for _, m := range models {
		tags, signatures := "serve", []string(nil)
		for _, flag := range m.flags {
			switch flag {
			case "--saved_model_tag_set=gpu,train":
				tags = "gpu,train"
			case "--saved_model_signature_key=serving_default":
				signatures = []string{"serving_default"}
			}
		}
		check(m.name, m.flags, append([]string{tags}, signatures...), m.graphs...)
	}
}

// sharing has the places of tensors that share a buffer, whose bytes upstream quantizes
// once more for each: it leaves undefined bytes there.
func sharing(t *testing.T, float *tflite.ModelT) (places []string) {
	t.Helper()
	p, err := quantize.NewPlan(float, quantize.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range float.Subgraphs {
		for _, tensor := range g.Tensors {
			if slices.Contains(p.SharedBuffers, int32(tensor.Buffer)) {
				places = append(places, fmt.Sprintf("subgraphs[%d].tensors[%q]", i, tensor.Name))
			}
		}
	}
	return places
}

// byPython reads what the program makes, without the metadata that it adds about itself.
func byPython(t *testing.T, python string, args []string) *tflite.ModelT {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.tflite")
	c := exec.Command(python, append([]string{"-c", convertProgram}, slices.Insert(args, 1, out)...)...)
	if printed, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, printed)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m := read(t, file)
	m.Metadata = slices.DeleteFunc(m.Metadata, func(d *tflite.MetadataT) bool { return d.Name == "CONVERSION_METADATA" })
	return m
}

func read(t *testing.T, file []byte) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
