package reference_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// programs are the absolute paths of the programs.
func programs(t *testing.T) (quantize, convert, run string) {
	t.Helper()
	paths := []string{"", "", ""}
	for i, locate := range []func() (string, error){reference.QuantizeProgram, reference.ConvertProgram, reference.RunProgram} {
		path, err := locate()
		if err != nil {
			t.Fatal(err)
		}
		if paths[i], err = filepath.Abs(path); err != nil {
			t.Fatal(err)
		}
	}
	return paths[0], paths[1], paths[2]
}

// runCommand runs a program in dir and returns its exit code and what it printed
// to standard error.
func runCommand(t *testing.T, dir, program string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}

// modelFolder holds fc.tflite, a model that works, empty.tflite, which has a weight
// without elements and an operator that the runtime does not know, and saved_model.
func modelFolder(t *testing.T) string {
	t.Helper()
	empty := fullyConnected()
	empty.Subgraphs[0].Tensors[1].Shape = []int32{0, 2}
	empty.OperatorCodes = append(empty.OperatorCodes, &tflite.OperatorCodeT{DeprecatedBuiltinCode: 32, BuiltinCode: tflite.BuiltinOperatorCUSTOM, CustomCode: "NoSuchOp", Version: 1})
	empty.Subgraphs[0].Operators = append(empty.Subgraphs[0].Operators, &tflite.OperatorT{OpcodeIndex: 1, Outputs: []int32{2}})
	dir := t.TempDir()
	if err := savedModel().Save(filepath.Join(dir, "saved_model")); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*tflite.ModelT{"fc.tflite": fullyConnected(), "empty.tflite": empty} {
		if err := os.WriteFile(filepath.Join(dir, name), pack(m), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// savedModel has a dense layer of 2048 weights.
func savedModel() savedmodels.Model {
	return savedmodels.Model{{
		Tags: []string{"serve"},
		Nodes: []savedmodels.Node{
			savedmodels.Placeholder("x", 1, 64),
			savedmodels.Const("w", make([]float32, 64*32), 64, 32),
			savedmodels.Op("y", "MatMul", nil, "x", "w"),
		},
		Signatures: map[string]savedmodels.Signature{"serve": savedmodels.Calls("x", []int64{1, 64}, "y", []int64{1, 32})},
	}}
}

func TestExitCodesAndMessages(t *testing.T) {
	needsPrograms(t)
	quantize, convert, run := programs(t)
	dir := modelFolder(t)
	for _, test := range []struct {
		program string
		args    string
		code    int
		message string
	}{
		{quantize, "fc.tflite out", 0, ""},
		{quantize, "--deny-op=FULLY_CONNECTED fc.tflite out", 0, ""},
		{quantize, "--help", 0, ""},
		{quantize, "missing.tflite no-file", 1, "missing.tflite: cannot be read"},
		{quantize, "fc.tflite no-folder/no-file", 1, "no-folder/no-file: cannot be written"},
		{quantize, "fc.tflite", 2, "arguments: 1 files given"},
		{quantize, "--deny-op=NO_OP fc.tflite no-file", 2, `--deny-op: "NO_OP" is no builtin operator`},
		{quantize, "--custom-op=x fc.tflite no-file", 2, `--custom-op: "x" has no inputs`},
		{quantize, "--min-elements=-1 fc.tflite no-file", 2, `--min-elements: "-1" is not a number`},
		{quantize, "--min-elements=18446744073709551616 fc.tflite no-file", 2, "is not a number"},
		{quantize, "--type=int4 fc.tflite no-file", 2, `--type: "int4" is unknown`},
		{quantize, "--wrong fc.tflite no-file", 2, "--wrong: unknown flag"},
		{quantize, "empty.tflite no-file", 3, "empty.tflite: upstream failed with INTERNAL"},
		{convert, "--help", 0, ""},
		{convert, "--saved_model_dir=saved_model --signature=serve out", 0, ""},
		{convert, "--saved_model_dir=saved_model --signature=serve no-folder/no-file", 1, "no-folder/no-file: cannot be written"},
		{convert, "", 2, "no file is given: want OUT"},
		{convert, "--saved_model_dir=saved_model no-file", 2, "missing flag: want --saved_model_dir and --signature"},
		{convert, "--weights=int4 no-file", 2, `--weights: invalid type "int4": want float32, int8, int8_per_tensor or float16`},
		{convert, "--wrong no-file", 2, `unexpected argument "--wrong"`},
		{convert, "--saved_model_dir=missing --signature=serve no-file", 3, "TensorFlow refuses it with status"},
		{run, "--seed=3 fc.tflite out", 0, ""},
		{run, "--help", 0, ""},
		{run, "--inputs=missing fc.tflite no-file", 1, "missing: cannot be read"},
		{run, "--inputs=fc.tflite fc.tflite no-file", 2, "inputs: end inside a tensor"},
		{run, "--seed=x fc.tflite no-file", 2, `--seed: "x" is not a number`},
		{run, "fc.tflite", 2, "arguments: 1 files given"},
		{run, "empty.tflite no-file", 3, "empty.tflite: allocate: failed"},
	} {
		t.Run(filepath.Base(test.program)+" "+test.args, func(t *testing.T) {
			code, stderr := runCommand(t, dir, test.program, strings.Fields(test.args)...)
			if code != test.code || !strings.Contains(stderr, test.message) {
				t.Errorf("exit code %d, %q, want %d and %q", code, stderr, test.code, test.message)
			}
			if _, err := os.Stat(filepath.Join(dir, "no-file")); err == nil {
				t.Error("a failed command left its output behind")
			}
		})
	}
}

func TestCommandsWriteWhatServersAnswer(t *testing.T) {
	q, r := newQuantizer(t), newRunner(t)
	quantize, _, run := programs(t)
	dir := modelFolder(t)
	if code, stderr := runCommand(t, dir, quantize, "--min-elements=1", "fc.tflite", "int8.tflite"); code != 0 {
		t.Fatal(stderr)
	}
	if code, stderr := runCommand(t, dir, run, "--seed=9", "int8.tflite", "outputs"); code != 0 {
		t.Fatal(stderr)
	}
	want, err := q.Quantize(pack(fullyConnected()), reference.Options{MinElements: everything})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "int8.tflite"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("quantize_reference: another file than the server's (%v)", err)
	}
	outputs, err := os.ReadFile(filepath.Join(dir, "outputs"))
	if y := runOnce(t, r, want, 9); err != nil || !bytes.HasSuffix(outputs, y.Data) {
		t.Errorf("run_model: other outputs than the server's (%v)", err)
	}
}
