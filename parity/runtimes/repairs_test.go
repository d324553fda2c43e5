package runtimes_test

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/faults"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// A repaired file is right in every runtime that runs the float model; upstream's own
// is wrong, refused or crashes in one of them at least.
func TestRepairedFilesRun(t *testing.T) {
	all := runtimes.ForTest(t)
	int8, float16 := quantize.Options{}, quantize.Options{BufferType: quantize.Float16}
	for _, c := range []struct {
		name      string
		options   quantize.Options
		signature string
	}{
		{"inf_fc", int8, ""},
		{"inf_fc", float16, ""},
		{"nan_conv", int8, ""},
		{"log_eps", float16, ""},
		{"outlier_fc", float16, ""},
		{"tiny_fc", float16, ""},
		{"sparse_fc_big", int8, ""},
		{"sparse_fc_big", float16, ""},
		{"sparse_densify", float16, ""},
		{"tf_sparse_conv", float16, ""},
		{"tf_embedding_only", int8, signature},
		{"weight_output_signature", int8, signature},
		{"weight_output_signature", float16, ""},
	} {
		t.Run(c.name+" "+c.options.BufferType.String(), func(t *testing.T) {
			float := faults.File(c.name)
			exact := ours(t, float, c.options, 0)
			repaired := ours(t, float, c.options, repair.Every())
			compareRepaired(t, all, c.signature, float, exact, repaired)
		})
	}
}

// A model with sparse and with dense weights of one kind of operator, which has one
// version for both, runs: sparse ones get an operator code of their own.
func TestSparseBesideDenseWeightsRun(t *testing.T) {
	all := runtimes.ForTest(t)
	m := synthetic.New()
	x := m.Input(1, sparseColumns)
	h, y := m.Tensor(1, sparseRows), m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, sparse(m, tflite.TensorTypeFLOAT32), -1}, h)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{h, m.Random(64, sparseRows), -1}, y)
	m.Output(y)
	m.OperatorCodes[0].Version = 8
	float := m.Bytes()
	repaired := ours(t, float, quantize.Options{}, repair.Every())
	codes := read(t, repaired).OperatorCodes
	if len(codes) != 2 || codes[0].Version != 9 || codes[1].Version != 8 {
		t.Errorf("%d operator codes, want one of version 9 and one of version 8", len(codes))
	}
	compareRepaired(t, all, "", float, ours(t, float, quantize.Options{}, 0), repaired)
}

// Fields that must be present stay, and the model runs.
func TestModelsWithEmptyFieldsRun(t *testing.T) {
	all := runtimes.ForTest(t)
	for _, c := range vacancies() {
		if c.field == "Model.buffers" {
			continue // is an error: the tensors refer to a buffer that is not there
		}
		t.Run(c.field, func(t *testing.T) {
			file := c.model.Bytes()
			empty := find(t, file, c.field).emptied(file)
			compareRepaired(t, all, c.signature, empty, ours(t, empty, quantize.Options{}, 0), ours(t, empty, quantize.Options{}, repair.Every()))
		})
	}
}

// ours quantizes; nil where that is refused, as upstream does.
func ours(t *testing.T, file []byte, o quantize.Options, repairs repair.Set) []byte {
	t.Helper()
	o.Repairs = repairs
	out, err := quantize.Bytes(read(t, file), o)
	if err != nil && repairs != 0 {
		t.Fatal(err)
	}
	return out
}

func compareRepaired(t *testing.T, all []runtimes.Runtime, signature string, float, exact, repaired []byte) {
	t.Helper()
	broken, ran := exact == nil, 0
	for _, r := range all {
		if signature != "" && r.Name == runtimes.C {
			continue // which knows no signatures
		}
		for _, trial := range trials(t, float, signature) {
			var err error
			if trial.Want, err = trial.Run(r, float); err != nil {
				continue
			}
			ran++
			if got, why := trial.Outcome(r, repaired); got != runtimes.Right {
				t.Errorf("%s: the repaired file is %s: %s", r.Name, got, why)
			}
			if exact != nil {
				got, why := trial.Outcome(r, exact)
				t.Logf("%s: upstream's file is %s: %s", r.Name, got, why)
				broken = broken || got != runtimes.Right
			}
		}
	}
	if ran == 0 || !broken {
		t.Errorf("%d runs of the float model; upstream's file being broken in one is %v", ran, broken)
	}
}

// trials are a run on seeded inputs, and one on zeros, which show what becomes of a
// summand in front of a logarithm.
func trials(t *testing.T, file []byte, signature string) []runtimes.Trial {
	t.Helper()
	seeded := runtimes.Trial{Signature: signature, Decibels: 20}
	sg := read(t, file).Subgraphs[0]
	if signature != "" || len(sg.Inputs) == 0 {
		return []runtimes.Trial{seeded}
	}
	zeros := seeded
	for _, i := range sg.Inputs {
		in := sg.Tensors[i]
		n, _ := plan.Elements(in.Shape)
		if in.Type != tflite.TensorTypeFLOAT32 {
			return []runtimes.Trial{seeded}
		}
		zeros.Inputs = append(zeros.Inputs, reference.Tensor{Type: reference.Float32, Shape: in.Shape, Data: make([]byte, 4*n)})
	}
	return []runtimes.Trial{seeded, zeros}
}
