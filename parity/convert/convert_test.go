// Package convert tests the command tflite_convert with TensorFlow's converter: that
// what it makes of SavedModels computes what they do, and that the quantized file is
// ours and upstream's.
package convert

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// save writes a SavedModel and returns its folder.
func save(t *testing.T, graphs ...savedmodels.Graph) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "saved_model")
	if err := savedmodels.Model(graphs).Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// command runs tflite_convert on a SavedModel. There is no file where it fails.
func command(t *testing.T, dir string, flags ...string) (file []byte, code int, stderr string) {
	t.Helper()
	t.Setenv("BUILD_WORKING_DIRECTORY", "")
	out := filepath.Join(t.TempDir(), "out.tflite")
	var stdout, errors bytes.Buffer
	code = cli.RunConvert(append([]string{"--output_file=" + out, "--saved_model_dir=" + dir}, flags...), &stdout, &errors)
	file, err := os.ReadFile(out)
	if (err == nil) != (code == 0) {
		t.Errorf("code %d, and the file: %v", code, err)
	}
	return file, code, errors.String()
}

func converted(t *testing.T, dir string, flags ...string) []byte {
	t.Helper()
	file, code, stderr := command(t, dir, flags...)
	if code != 0 {
		t.Fatalf("%v: code %d: %s", flags, code, stderr)
	}
	return file
}

var models = []struct {
	name   string
	graphs []savedmodels.Graph
	flags  []string
	shape  []int32 // of the input that it is run with
	want   func([]float32) []float32
}{
	{"dense", []savedmodels.Graph{denseGraph(1, "serve")}, nil, []int32{1, denseIn}, dense},
	{"dense in a function, free batch size", []savedmodels.Graph{denseFunction()}, nil, []int32{3, denseIn}, dense},
	{"convolution", []savedmodels.Graph{convolutionGraph()}, nil, []int32{1, side, side, channelsIn}, convolution},
	{"two graphs, the one for training", []savedmodels.Graph{convolutionGraph(), denseGraph(2, "train", "gpu")}, []string{"--saved_model_tag_set=gpu,train"}, []int32{2, denseIn}, dense},
	{"one of two signatures", []savedmodels.Graph{severalSignatures()}, []string{"--saved_model_signature_key=serving_default"}, []int32{2, denseIn}, dense},
}

func TestConvertedModelsComputeWhatTheSavedModelsDo(t *testing.T) {
	var runner reference.Runner
	defer runner.Close()
	for _, m := range models {
		t.Run(m.name, func(t *testing.T) {
			file := converted(t, save(t, m.graphs...), m.flags...)
			elements := 1
			for _, d := range m.shape {
				elements *= int(d)
			}
			x := whole(9, elements)
			out, err := runner.RunInputs(file, []reference.Tensor{{Type: reference.Float32, Shape: m.shape, Data: encoded(x)}})
			if err != nil {
				t.Fatal(err)
			}
			if want := m.want(x); len(out) != 1 || !slices.Equal(decoded(out[0].Data), want) {
				t.Errorf("computed %v\nwant %v", decoded(out[0].Data), want)
			}
		})
	}
}

// Quantizing gives the library's file, and the library's is upstream's.
func TestQuantizedFilesAreOursAndUpstreams(t *testing.T) {
	var q reference.Quantizer
	defer q.Close()
	for _, m := range models[:3] {
		for _, c := range []struct {
			flags   []string
			options quantize.Options
		}{
			{[]string{"--post_training_quantize"}, quantize.Options{}},
			{[]string{"--quantize_weights", "--quantize_to_float16"}, quantize.Options{BufferType: quantize.Float16}},
			{[]string{"--post_training_quantize", "--scheme=legacy"}, quantize.Options{Scheme: quantize.Legacy}},
		} {
			t.Run(m.name+strings.Join(c.flags, " "), func(t *testing.T) {
				dir := save(t, m.graphs...)
				float := converted(t, dir, m.flags...)
				model, err := tflite.Read(float)
				if err != nil {
					t.Fatal(err)
				}
				repaired := c.options
				repaired.Repairs = repair.Every()
				want, err := quantize.Bytes(model, repaired)
				if err != nil {
					t.Fatal(err)
				}
				if got := converted(t, dir, append(m.flags, c.flags...)...); !bytes.Equal(got, want) || len(got) >= len(float) {
					t.Errorf("%d bytes, want those %d of quantizing the float model of %d", len(got), len(want), len(float))
				}
				r, err := compare.Quantize(&q, float, c.options)
				if err != nil || r.Outcome != outcome.Equal {
					t.Errorf("%v %v", r, err)
				}
			})
		}
	}
}

// Without keys all signatures are in the file, under their keys.
func TestAllSignaturesAreConverted(t *testing.T) {
	m, err := tflite.Read(converted(t, save(t, severalSignatures())))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, s := range m.SignatureDefs {
		keys = append(keys, s.SignatureKey)
	}
	slices.Sort(keys)
	if want := []string{"linear", "serving_default"}; !slices.Equal(keys, want) || len(m.Subgraphs) != 2 {
		t.Errorf("%q, %d subgraphs, want %q", keys, len(m.Subgraphs), want)
	}
}

const mine = "name: 'Mine' input_arg: {name: 'a' type: DT_FLOAT} output_arg: {name: 'b' type: DT_FLOAT}"

// Operators that TFLite lacks are an error that names the flags that help, and with
// them there is a model.
func TestOperatorsThatTFLiteLacks(t *testing.T) {
	for _, c := range []struct {
		graph    savedmodels.Graph
		flags    []string
		says     string   // without the rest of
		remedy   []string // what makes it a model
		operator string
	}{
		{selectOperator(), nil, "TFLite has no operator for MatrixInverse: add --target_ops=TFLITE_BUILTINS,SELECT_TF_OPS", []string{"--target_ops=TFLITE_BUILTINS,SELECT_TF_OPS"}, "FlexMatrixInverse"},
		{customOperator(), nil, "TensorFlow does not know the operator Mine: add --allow_custom_ops and --custom_opdefs", []string{"--allow_custom_ops", "--custom_opdefs=" + mine}, "Mine"},
		{customOperator(), []string{"--allow_custom_ops", "--custom_opdefs=nonsense"}, "--custom_opdefs: not an OpDef in text format", []string{"--allow_custom_ops", "--custom_opdefs=" + mine}, "Mine"},
	} {
		dir := save(t, c.graph)
		if _, code, stderr := command(t, dir, c.flags...); code != 3 || !strings.Contains(stderr, c.says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("code %d: %s\nwant %s", code, stderr, c.says)
		}
		m, err := tflite.Read(converted(t, dir, c.remedy...))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(m.OperatorCodes, func(o *tflite.OperatorCodeT) bool { return o.CustomCode == c.operator }) {
			t.Errorf("no operator %s in the model", c.operator)
		}
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	variables := save(t, withVariable())
	several := save(t, severalSignatures(), denseGraph(1, "serve", "gpu"))
	for _, c := range []struct {
		dir   string
		flags []string
		code  int
		says  string
	}{
		{variables, nil, 4, filepath.Join(variables, "variables/variables.index") + `: there is no such file, and the model has 1 variable, such as "w/handle": copy the whole folder that was saved`},
		{several, []string{"--saved_model_tag_set=gpu"}, 2, "--saved_model_tag_set: " + several + ` has no graph with the tags "gpu": want "serve" or "gpu,serve"`},
		{several, []string{"--saved_model_signature_key=other"}, 2, "--saved_model_signature_key: " + several + ` has no signature "other": want linear or serving_default`},
		{several, []string{"--timeout=1ms"}, 1, several + ": no answer of the converter after 1ms: --timeout allows more"},
		{several, []string{"--tensorflow=" + variables}, 2, "--tensorflow: " + variables + " has no libtensorflow_cc.so.2: want the folder of an installed TensorFlow 2.21.0 for Linux, such as .../site-packages/tensorflow"},
		{several, []string{"--post_training_quantize", "--keep=nothing"}, 2, `--keep, --only or --rule: no constant "nothing" in the model`},
	} {
		_, code, stderr := command(t, c.dir, c.flags...)
		if code != c.code || !strings.HasPrefix(stderr, "tflite_convert: "+c.says) {
			t.Errorf("%v: code %d: %s\nwant %d: %s", c.flags, code, stderr, c.code, c.says)
		}
	}
}

func encoded(values []float32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func decoded(b []byte) []float32 {
	values := make([]float32, len(b)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return values
}
