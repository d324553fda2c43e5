package interpreter_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// runners are those of all releases and delegates, by name, for all tests: a process
// takes a second to start.
var runners = map[string]*reference.Runner{
	"LiteRT":               interpreter.LiteRT.NewRunner(interpreter.NoDelegate),
	"LiteRT, XNNPACK":      interpreter.LiteRT.NewRunner(interpreter.XNNPACK),
	"TFLite 2.14":          interpreter.TFLite2_14.NewRunner(interpreter.NoDelegate),
	"TFLite 2.14, XNNPACK": interpreter.TFLite2_14.NewRunner(interpreter.XNNPACK),
}

// each runs a test with every runner.
func each(t *testing.T, test func(*testing.T, *reference.Runner)) {
	for name, r := range runners {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := r.Run(nil, 1); errors.Is(err, reference.ErrNotBuilt) && os.Getenv("TEST_SRCDIR") == "" {
				t.Skip(err)
			}
			test(t, r)
		})
	}
}

// A process ends without an error, and another starts when it is needed.
func TestCloseEndsTheProcess(t *testing.T) {
	model := negation().Bytes()
	each(t, func(t *testing.T, r *reference.Runner) {
		for range 2 {
			if _, err := r.Run(model, 1); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// identity is a model whose output is its input.
func identity(typ tflite.TensorType, shape ...int32) *synthetic.Model {
	m := synthetic.New()
	x := m.Typed(typ, shape...)
	y := m.Typed(typ, shape...)
	m.Last().Inputs = []int32{x}
	m.Op(tflite.BuiltinOperatorRESHAPE, []int32{x, m.Constant(tflite.TensorTypeINT32, []int32{int32(len(shape))}, synthetic.Ints(shape...))}, y)
	m.Output(y)
	return m
}

func TestSeedsGiveTheInputsOfTheCRuntime(t *testing.T) {
	c := new(reference.Runner)
	t.Cleanup(func() { c.Close() })
	each(t, func(t *testing.T, r *reference.Runner) {
		for _, typ := range []tflite.TensorType{
			tflite.TensorTypeFLOAT32, tflite.TensorTypeFLOAT16, tflite.TensorTypeFLOAT64, tflite.TensorTypeCOMPLEX64,
			tflite.TensorTypeINT8, tflite.TensorTypeUINT8, tflite.TensorTypeINT16,
			tflite.TensorTypeINT32, tflite.TensorTypeINT64, tflite.TensorTypeBOOL,
		} {
			model := identity(typ, 3, 1000).Bytes()
			for _, seed := range []uint64{0, 1 << 63} {
				want, err := c.Run(model, seed)
				if err != nil {
					t.Fatal(typ, err)
				}
				got, err := r.Run(model, seed)
				if err != nil {
					t.Fatal(typ, err)
				}
				if diff := infer.Same(got, want); diff != "" || got[0].Type != want[0].Type || !slices.Equal(got[0].Shape, want[0].Shape) {
					t.Errorf("%v, seed %d: %s", typ, seed, diff)
				}
			}
		}
	})
}

var pair = reference.Tensor{Name: "in", Type: reference.Float32, Shape: []int32{2, 1}, Data: synthetic.Floats(3, 4)}

// negation is a model whose output is minus its input, with a signature.
func negation() *synthetic.Model {
	m := synthetic.New()
	x, y := m.Input(1, 2), m.Tensor(1, 2)
	m.Op(tflite.BuiltinOperatorNEG, []int32{x}, y)
	m.Output(y)
	m.SignatureDefs = []*tflite.SignatureDefT{{
		SignatureKey: "negate",
		Inputs:       []*tflite.TensorMapT{{Name: "in", TensorIndex: uint32(x)}},
		Outputs:      []*tflite.TensorMapT{{Name: "out", TensorIndex: uint32(y)}},
	}}
	return m
}

func TestGivenInputs(t *testing.T) {
	model := negation().Bytes()
	path := filepath.Join(t.TempDir(), "negation.tflite")
	if err := os.WriteFile(path, model, 0o666); err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, r *reference.Runner) {
		inputs := []reference.Tensor{pair}
		for name, run := range map[string]func() ([]reference.Tensor, error){
			"t1":  func() ([]reference.Tensor, error) { return r.RunInputs(model, inputs) },
			"t1 ": func() ([]reference.Tensor, error) { return r.RunFile(path, inputs) },
			"out": func() ([]reference.Tensor, error) { return r.RunSignatureInputs(model, "negate", inputs) },
		} {
			got, err := run()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if y := got[0]; y.Name != strings.TrimSpace(name) || !slices.Equal(y.Shape, pair.Shape) || !bytes.Equal(y.Data, synthetic.Floats(-3, -4)) {
				t.Errorf("%+v, want %s, the input negated", y, name)
			}
		}
	})
}

func TestRunsAreIndependent(t *testing.T) {
	nets := synthetic.Nets()
	at := slices.IndexFunc(nets, func(n synthetic.Net) bool { return n.Name == "LSTM, one step" })
	model := nets[at].Model()
	shape := model.Last().Tensors[model.Last().Inputs[0]].Shape
	file := model.Bytes()
	input := func(v float32) []reference.Tensor {
		values := make([]float32, synthetic.Elements(shape))
		for i := range values {
			values[i] = v
		}
		return []reference.Tensor{{Type: reference.Float32, Shape: shape, Data: synthetic.Floats(values...)}}
	}
	each(t, func(t *testing.T, r *reference.Runner) {
		inputs := [][]reference.Tensor{input(.5), input(-1), input(.5)}
		got, err := r.RunEach(file, inputs)
		if err != nil {
			t.Fatal(err)
		}
		for i, in := range inputs {
			want, err := r.RunInputs(file, in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := infer.Same(got[i], want); diff != "" {
				t.Errorf("run %d: %s", i, diff)
			}
		}
		var refused *reference.RequestError
		if _, err := r.RunEach(file, nil); !errors.As(err, &refused) {
			t.Errorf("no runs: %v, want a RequestError", err)
		}
		if _, err := r.RunEach(file, [][]reference.Tensor{inputs[0], nil}); !errors.As(err, &refused) {
			t.Errorf("one input for two runs: %v, want a RequestError", err)
		}
	})
}

func TestASignatureTakesSeeds(t *testing.T) {
	model := negation().Bytes()
	each(t, func(t *testing.T, r *reference.Runner) {
		want, err := r.Run(model, 7)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.RunSignature(model, "negate", 7)
		if err != nil {
			t.Fatal(err)
		}
		if diff := infer.Same(got, want); diff != "" {
			t.Error(diff)
		}
	})
}

func TestErrorsAreValues(t *testing.T) {
	custom := negation()
	custom.OperatorCodes[0] = &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorCUSTOM, DeprecatedBuiltinCode: int8(tflite.BuiltinOperatorCUSTOM), CustomCode: "NoSuchOp", Version: 1}
	model := negation().Bytes()
	wide, short := pair, pair
	wide.Type, wide.Data = reference.Float64, make([]byte, 16)
	short.Data = short.Data[:7]
	other := pair
	other.Name = "other"
	each(t, func(t *testing.T, r *reference.Runner) {
		refuses := func(what, want string, err error) {
			t.Helper()
			var failed *reference.RunError
			if !errors.As(err, &failed) || !strings.Contains(failed.Message, want) {
				t.Errorf("%s: %v, want a RunError about %s", what, err, want)
			}
		}
		_, err := r.Run(bytes.Repeat([]byte{0xfe}, 1000), 1)
		refuses("no model", "load: failed", err)
		_, err = r.Run(custom.Bytes(), 1)
		refuses("an unknown operator", "NoSuchOp", err)
		_, err = r.RunSignature(model, "square", 1)
		refuses("an unknown signature", "negate", err)
		_, err = r.RunInputs(model, []reference.Tensor{short})
		refuses("7 bytes for 2 floats", "7 bytes", err)

		var refused *reference.RequestError
		for what, inputs := range map[string][]reference.Tensor{"two inputs for one": {pair, pair}, "another type": {wide}} {
			if _, err := r.RunInputs(model, inputs); !errors.As(err, &refused) {
				t.Errorf("%s: %v, want a RequestError", what, err)
			}
		}
		for what, input := range map[string]reference.Tensor{"another name": other, "another type": wide} {
			if _, err := r.RunSignatureInputs(model, "negate", []reference.Tensor{input}); !errors.As(err, &refused) {
				t.Errorf("%s: %v, want a RequestError", what, err)
			}
		}
	})
}

// endless is a model whose IF has the subgraph that it is in as both branches.
func endless() *synthetic.Model {
	m := synthetic.New()
	condition, x, y := m.Typed(tflite.TensorTypeBOOL, 1), m.Tensor(1, 2), m.Tensor(1, 2)
	m.Last().Inputs = []int32{condition, x}
	m.Op(tflite.BuiltinOperatorIF, []int32{condition, condition, x}, y).BuiltinOptions =
		&tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsIfOptions, Value: &tflite.IfOptionsT{}}
	m.Output(y)
	return m
}

func TestACrashIsAnError(t *testing.T) {
	model, broken := negation().Bytes(), endless().Bytes()
	each(t, func(t *testing.T, r *reference.Runner) {
		if _, err := r.Run(broken, 1); !errors.Is(err, reference.ErrCrashed) {
			t.Errorf("%v, want ErrCrashed", err)
		}
		if _, err := r.Run(model, 1); err != nil {
			t.Errorf("after a crash: %v", err)
		}
	})
}
