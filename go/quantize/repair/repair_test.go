package repair_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/faults"
)

func read(t *testing.T, name string) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(faults.File(name))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// repaired lists the repairs of a plan, with the names of the tensors.
func repaired(t *testing.T, m *tflite.ModelT, o quantize.Options) []string {
	t.Helper()
	o.Repairs = repair.Every()
	p, err := quantize.NewCheckedPlan(context.Background(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, r := range p.Repaired {
		s := r.Name
		if r.Tensor >= 0 {
			s += " " + m.Subgraphs[r.Subgraph].Tensors[r.Tensor].Name
		}
		got = append(got, s)
	}
	// What is written is what the plan says.
	file, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	planned, err := quantize.Apply(p)
	if err != nil || !bytes.Equal(file, planned) {
		t.Errorf("%v, or the file is not that of the plan", err)
	}
	return got
}

// Each model that shows a fault gets the repair of that fault and no other; models
// that show none get none.
func TestRepairsOfTheCases(t *testing.T) {
	int8, float16 := quantize.Options{}, quantize.Options{BufferType: quantize.Float16}
	for _, c := range []struct {
		name    string
		options quantize.Options
		want    []string
	}{
		{"fp16_overflow", int8, nil},
		{"fp16_overflow", float16, []string{"float16-range"}},
		{"inf_fc", int8, []string{"not-finite"}},
		{"inf_fc", float16, []string{"not-finite"}},
		{"nan_conv", int8, []string{"not-finite"}},
		{"nan_conv", float16, []string{"not-finite"}},
		{"log_eps", int8, nil},
		{"log_eps", float16, []string{"float16-range"}},
		{"outlier_fc", int8, nil},
		{"outlier_fc", float16, []string{"float16-range"}},
		{"tiny_fc", int8, nil},
		{"tiny_fc", float16, []string{"float16-range"}},
		{"sparse_fc_big", int8, []string{"sparse-weights", "sparse-weights"}}, // the weights, and the version
		{"sparse_fc_big", float16, []string{"sparse-weights"}},
		{"sparse_densify", float16, []string{"sparse-weights"}},
		{"tf_sparse_conv", float16, []string{"sparse-weights", "sparse-weights", "sparse-weights"}},
		{"tf_embedding_only", int8, []string{"signatures"}},
		{"tf_embedding_only", float16, nil},
		{"weight_output_signature", int8, []string{"graph-outputs"}},
		{"weight_output_signature", float16, []string{"graph-outputs"}},
		{"tied_shared_buffer", int8, nil},
		{"tied_shared_buffer", float16, nil},
		{"two_signatures", int8, nil},
		{"two_signatures", float16, nil},
	} {
		got := []string{}
		for _, r := range repaired(t, read(t, c.name), c.options) {
			got = append(got, strings.Fields(r)[0])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s as %v: repairs %v, want %v", c.name, c.options.BufferType, got, c.want)
		}
	}
}

// dense has one layer: tensor 1 is the weights and tensor 2 the bias.
func dense(weights ...float32) *synthetic.Model {
	m := synthetic.New()
	x := m.Input(1, 64)
	var w int32
	if weights == nil {
		w = m.Random(64, 64)
	} else {
		w = m.Weights([]int32{64, 64}, weights...)
	}
	b, y := m.Random(64), m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, b}, y)
	m.Output(y)
	return m
}

func TestConditionsOfRepairs(t *testing.T) {
	float16 := quantize.Options{BufferType: quantize.Float16}
	many := func(v float32) []float32 { return slices.Repeat([]float32{v}, 64*64) }
	versioned := dense()
	versioned.OperatorCodes[0].Version = 12
	input := dense()
	input.Last().Inputs = append(input.Last().Inputs, 1)
	output := dense()
	output.Last().Outputs = append(output.Last().Outputs, 1)
	for _, c := range []struct {
		name    string
		model   *synthetic.Model
		options quantize.Options
		want    []string
	}{
		{"ordinary weights", dense(), quantize.Options{}, nil},
		{"ordinary weights", dense(), float16, nil},
		{"a higher version", versioned, quantize.Options{}, []string{"operator-versions"}},
		{"a higher version", versioned, float16, nil},
		{"weights are an input", input, quantize.Options{}, []string{"graph-inputs t1"}},
		{"weights are an output", output, float16, []string{"graph-outputs t1"}},
		{"the largest float16", dense(many(65504)...), float16, nil},
		{"above the largest float16", dense(many(65520)...), float16, []string{"float16-range t1"}},
		{"the smallest normal float16", dense(many(0x1p-14)...), float16, nil},
		{"below the smallest normal float16", dense(many(0x1p-15)...), float16, []string{"float16-range t1"}},
		{"zeros", dense(many(0)...), float16, nil},
		{"a bias of int8 weights", dense(), quantize.Options{BufferType: quantize.Float16, Rules: []rule.Rule{{Tensor: "t1", Format: "int8"}}}, []string{"float16-bias t2"}},
	} {
		if d := cmp.Diff(c.want, repaired(t, &c.model.ModelT, c.options), cmpEmpty); d != "" {
			t.Errorf("%s, %v: %s", c.name, c.options.BufferType, d)
		}
	}
}

var cmpEmpty = cmp.Transformer("empty", func(s []string) string { return strings.Join(s, "; ") })

func TestSetsOfRepairs(t *testing.T) {
	every := repair.Every()
	if names := every.Names(); len(names) != len(repair.All()) || repair.Set(0).Names() == nil || len(repair.Set(0).Names()) != 0 {
		t.Errorf("names: %v", names)
	}
	seen := map[string]bool{}
	for _, r := range repair.All() {
		if r.Name == "" || r.Applies == "" || r.Breaks == "" || r.Does == "" || seen[r.Name] {
			t.Errorf("a word is missing or a name is there twice: %+v", r.Name)
		}
		seen[r.Name] = true
		without, ok := every.Without(r.Name)
		if !ok || without.Has(r.Name) || len(without.Names()) != len(every.Names())-1 || !every.Has(r.Name) {
			t.Errorf("%s cannot be taken out", r.Name)
		}
	}
	if _, ok := every.Without("none"); ok || every.Has("none") {
		t.Error("an unknown repair is known")
	}
}

// Fields that are empty and needed are in the new file, and only then.
func TestEmptyFieldsStay(t *testing.T) {
	m := dense()
	m.SignatureDefs = []*tflite.SignatureDefT{{SignatureKey: "key", Inputs: []*tflite.TensorMapT{{Name: "", TensorIndex: 0}}, Outputs: []*tflite.TensorMapT{}}}
	m.Last().Operators[0].CustomOptions = []byte{}
	if d := cmp.Diff([]string{"empty-fields", "empty-fields", "empty-fields"}, repaired(t, &m.ModelT, quantize.Options{}), cmpEmpty); d != "" {
		t.Error(d)
	}
	for _, set := range []repair.Set{0, repair.Every()} {
		file, err := quantize.Bytes(&m.ModelT, quantize.Options{Repairs: set})
		if err != nil {
			t.Fatal(err)
		}
		got, err := tflite.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		def, op := got.SignatureDefs[0], got.Subgraphs[0].Operators[0]
		if kept := def.Outputs != nil && op.CustomOptions != nil; kept != (set != 0) {
			t.Errorf("repairs %v: the empty fields being there is %v", set.Names(), kept)
		}
	}
}

// A repair that is left out is not made.
func TestWithoutARepairUpstreamsBytes(t *testing.T) {
	m := read(t, "log_eps")
	exact, err := quantize.Bytes(m, quantize.Options{BufferType: quantize.Float16})
	if err != nil {
		t.Fatal(err)
	}
	set, _ := repair.Every().Without("float16-range")
	without, err := quantize.Bytes(m, quantize.Options{BufferType: quantize.Float16, Repairs: set})
	if err != nil || !bytes.Equal(exact, without) {
		t.Errorf("%v, or other bytes", err)
	}
	with, err := quantize.Bytes(m, quantize.Options{BufferType: quantize.Float16, Repairs: repair.Every()})
	if err != nil || bytes.Equal(exact, with) {
		t.Errorf("%v, or the repair changes nothing", err)
	}
}
