package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

// standConverting makes a folder with a SavedModel, and stands in it. In the place of
// TensorFlow's converter is a script that gives the model m.tflite.
func standConverting(t *testing.T) {
	t.Helper()
	stand(t)
	call := savedmodels.Calls("x", []int64{1}, "x", []int64{1})
	err := savedmodels.Model{{Tags: []string{"serve"}, Nodes: []savedmodels.Node{savedmodels.Placeholder("x", 1)}, Signatures: map[string]savedmodels.Signature{"serving_default": call}}}.Save("saved_model")
	if err != nil {
		t.Fatal(err)
	}
	const script = "#!/bin/sh\nfor last; do :; done\ncat m.tflite >\"${last#--output_file=}\"\n"
	if err := os.WriteFile("converter", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs("converter")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TFLITE_QUANTIZE_CONVERTER", path)
	t.Setenv("TFLITE_QUANTIZE_PYTHON", path)
	t.Setenv("TMPDIR", t.TempDir())
}

func runConvert(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = RunConvert(args, &out, &err)
	return code, out.String(), err.String()
}

func TestConvertReports(t *testing.T) {
	standConverting(t)
	_, quantized, _ := run("m.tflite", "-o", "o.tflite") // says all but how the model came about
	quantized = strings.Replace(strings.Replace(quantized, "m.tflite", "saved_model", 1), ": reading", ": converting 1 s, reading", 1)
	for args, want := range map[string]string{
		"--output_file=o.tflite --saved_model_dir=saved_model/ --post_training_quantize": quantized,
		"--output_file o.tflite --saved_model_dir saved_model": `saved_model: float32, written to o.tflite, 27,840 bytes
took T: converting T, writing T
`,
	} {
		code, stdout, stderr := runConvert(strings.Fields(args)...)
		got, want := times.ReplaceAllString(stdout, "T"), times.ReplaceAllString(want, "T")
		if code != exitDone || got != want || stderr != "" {
			t.Errorf("%s: code %d\n%s\n%s\nwant\n%s", args, code, got, stderr, want)
		}
	}
	for flags, wantType := range map[string]string{"": "float32", "--quantize_weights": "int8"} {
		_, stdout, _ := runConvert(append(strings.Fields(flags), "--json", "--output_file=o.tflite", "--saved_model_dir=saved_model")...)
		var r conversionReport
		if err := json.Unmarshal([]byte(stdout), &r); err != nil || r.Type != wantType || r.Input.Path != "saved_model" || r.Input.Bytes != 27840 || r.Output.Path != "o.tflite" || r.Seconds.Convert == 0 {
			t.Errorf("%s: %+v, %v", flags, r, err)
		}
	}
}

func TestConvertWritesTheModelAsItIsOrQuantized(t *testing.T) {
	standConverting(t)
	save(t, "m.keras", nil)
	quantized := func(o quantize.Options) []byte {
		o.Repairs = repair.Every()
		data, err := quantize.Bytes(synthetic.Sample(), o)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for flags, want := range map[string][]byte{
		"":                         synthetic.SampleFile(),
		"--post_training_quantize": quantized(quantize.Options{}),
		"--quantize_weights":       quantized(quantize.Options{}),
		"--post_training_quantize --quantize_to_float16":                quantized(quantize.Options{BufferType: quantize.Float16}),
		"--post_training_quantize --quantize_to_float16 --type=float16": quantized(quantize.Options{BufferType: quantize.Float16}),
		"--post_training_quantize --min-elements=1":                     quantized(quantize.Options{MinElements: 1}),
	} {
		for _, source := range []string{"--saved_model_dir=saved_model", "--keras_model_file=m.keras"} {
			code, _, stderr := runConvert(append(strings.Fields(flags), source, "--output_file=o.tflite")...)
			if code != exitDone {
				t.Fatal(stderr)
			}
			if got := load(t, "o.tflite"); !bytes.Equal(got, want) {
				t.Errorf("%s %s: %d bytes, want others, %d", flags, source, len(got), len(want))
			}
		}
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) != 0 {
		t.Errorf("%d temporary files are left", len(left))
	}
}

func TestMistakesOfConvertGiveOneLineACodeAndNoFile(t *testing.T) {
	const model = "--output_file=o.tflite --saved_model_dir=saved_model "
	for _, c := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"", exitUsage, "missing flag: want --saved_model_dir=DIR; see tflite_convert --help"},
		{"saved_model", exitUsage, `unexpected argument "saved_model": want flags alone, such as --saved_model_dir=saved_model; see tflite_convert --help`},
		{"--saved_model_dir=saved_model", exitUsage, "missing flag: want --output_file=FILE"},
		{model + "--keras_model_file=m.keras", exitUsage, "--saved_model_dir and --keras_model_file: want one of them"},
		{model + "--no_such_flag=3", exitUsage, "unknown flag --no_such_flag: see tflite_convert --help"},
		{model + "--post_training_quantise", exitUsage, "unknown flag --post_training_quantise: did you mean --post_training_quantize?"},
		{model + "--enable_v1_converter", exitUsage, "--enable_v1_converter: there is one converter, TensorFlow's present one: remove it"},
		{model + "--inference_type FLOAT", exitUsage, "--inference_type: it is for models that are calibrated; here weights are quantized, and inputs and outputs stay as they are: remove it"},
		{model + "--input_arrays=x", exitUsage, "--input_arrays: the signature says the inputs and outputs: remove it, and choose signatures by --saved_model_signature_key"},
		{model + "--post_training_quantize --require-smaller --min-elements=100000", exitLarge, "saved_model: no output that is smaller: nothing was quantized: of 26.7 kB of constants, 26.7 kB (99.9 %) are weights of fewer than 100000 elements; smaller with --min-elements 1"},
		{model + "--quantize_to_float16", exitUsage, "--quantize_to_float16: without --post_training_quantize nothing is quantized: add that, or remove this"},
		{model + "--keep=a --scheme=legacy", exitUsage, "--keep: without --post_training_quantize nothing is quantized: add that, or remove this"},
		{model + "--post_training_quantize --quantize_to_float16 --type=int8", exitUsage, "--quantize_to_float16: --type is int8: want one of them"},
		{model + "--post_training_quantize --quantize_to_float16 --no-hybrid", exitUsage, "--no-hybrid: for int8 only, and the type is float16: remove it, or choose the type int8"},
		{model + "--post_training_quantize --type=int4", exitUsage, `--type: invalid type "int4": want int8 or float16`},
		{model + "--post_training_quantize=often", exitUsage, `--post_training_quantize: invalid value "often": want true or false`},
		{model + "--target_ops=TFLITE_BUILTINS_INT8", exitUsage, `--target_ops: unknown set "TFLITE_BUILTINS_INT8": want TFLITE_BUILTINS or SELECT_TF_OPS, or both; others are for models that are calibrated, which this is not for`},
		{model + "--target_ops=", exitUsage, "--target_ops: no set of operators: want TFLITE_BUILTINS or SELECT_TF_OPS"},
		{model + "--custom_opdefs=a", exitUsage, "--custom_opdefs: without --allow_custom_ops no custom operator is converted: add that"},
		{model + "--timeout=soon", exitUsage, `--timeout: invalid value "soon": want a duration, such as 90s or 10m`},
		{model + "--timeout=-1s", exitUsage, "--timeout: invalid duration -1s: want more than 0"},
		{model + "--saved_model_signature_key=a", exitUsage, `--saved_model_signature_key: saved_model has no signature "a": want serving_default`},
		{model + "--post_training_quantize --keep=cnv", exitUsage, `--keep, --only or --rule: no constant "cnv" in the model, the nearest are conv/bias, conv/filter, up/filter`},
		{"--output_file=o.tflite --saved_model_dir=none", exitRead, "none: there is no such folder: want the folder of a SavedModel, which model.export or tf.saved_model.save makes"},
		{"--output_file=o.tflite --saved_model_dir=m.tflite", exitRead, "m.tflite: it is a file: want the folder of a SavedModel, which model.export or tf.saved_model.save makes"},
		{"--output_file=o.tflite --keras_model_file=none.keras", exitRead, "none.keras: there is no such file"},
		{"--output_file=o.tflite --keras_model_file=m.tflite --saved_model_tag_set=a", exitUsage, "--saved_model_tag_set: a Keras file has none: remove it, or save a SavedModel by model.export(dir) and name it in --saved_model_dir"},
		{"--output_file=none/o.tflite --saved_model_dir=saved_model", exitWrite, "none/o.tflite: its folder none does not exist, make it first"},
		{"--output_file=none/o.tflite --saved_model_dir=saved_model --post_training_quantize", exitWrite, "none/o.tflite: its folder none does not exist, make it first"},
	} {
		standConverting(t)
		code, stdout, stderr := runConvert(strings.Fields(c.args)...)
		if want := "tflite_convert: " + c.stderr + "\n"; code != c.code || stderr != want || stdout != "" {
			t.Errorf("%s: code %d, %q%s, want %d, %q", c.args, code, stderr, stdout, c.code, want)
		}
		if entries, _ := os.ReadDir("."); len(entries) != 3 {
			t.Errorf("%s: %d files are there, want the 3 from before", c.args, len(entries))
		}
	}
}

// A converter that gives no model of TFLite is named by the model's name.
func TestWhatIsConvertedIsVerified(t *testing.T) {
	standConverting(t)
	save(t, "m.tflite", []byte("no model"))
	code, _, stderr := runConvert("--output_file=o.tflite", "--saved_model_dir=saved_model", "--post_training_quantize")
	if code != exitModel || !strings.HasPrefix(stderr, "tflite_convert: saved_model: not a valid TFLite model") {
		t.Errorf("code %d: %s", code, stderr)
	}
}

func TestConvertToStandardOutput(t *testing.T) {
	standConverting(t)
	out, err := os.Create("out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var stderr bytes.Buffer
	if code := RunConvert([]string{"--output_file=out", "--saved_model_dir=saved_model"}, out, &stderr); code != exitDone {
		t.Error(stderr.String())
	}
	if !bytes.Equal(load(t, "out"), synthetic.SampleFile()) || !strings.Contains(stderr.String(), "written to out") {
		t.Errorf("%d bytes, and the report is %q", len(load(t, "out")), stderr.String())
	}
}

func TestHelpOfConvert(t *testing.T) {
	code, stdout, _ := runConvert("--help")
	for _, word := range []string{"--post_training_quantize", "--keep PATTERN", "TFLITE_QUANTIZE_CONVERTER", "Exit codes:"} {
		if code != exitDone || !strings.Contains(stdout, word) {
			t.Errorf("code %d: the help lacks %s", code, word)
		}
	}
	if strings.Contains(stdout, "input_arrays") {
		t.Error("the help has flags that say nothing")
	}
}
