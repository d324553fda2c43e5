package quantize_test

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/graphs"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/random"
)

var changedModels = flag.Uint64("models", 2000, "the number of models that are changed in memory")

// madeOrRefused fails unless there is a file that is a model, or an error of the model
// or the options.
func madeOrRefused(t *testing.T, seed uint64, file []byte, err error) (made bool) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, quantize.ErrModel) && !errors.Is(err, quantize.ErrOptions) {
			t.Fatalf("seed %d: %v is not an error of the model or the options", seed, err)
		}
		return false
	}
	if _, err := tflite.Read(file); err != nil {
		t.Fatalf("seed %d: made, but not read: %v", seed, err)
	}
	return true
}

func readRandom(t *testing.T, seed uint64) *tflite.ModelT {
	t.Helper()
	if seed%2 == 0 {
		return mustRead(t, random.Model(seed))
	}
	file, err := tflite.Write(graphs.Random(seed).Model)
	if err != nil {
		t.Fatal(err)
	}
	return mustRead(t, file)
}

// Whatever parts of a model are gone or changed, before it is planned or after,
// there is a file that Read takes, or an error of the model; and the other file of
// OrderOf may be any.
func TestChangedModelsAreQuantizedOrRefused(t *testing.T) {
	var counts [2][2]int // before or after the plan, refused or made
	count := func(when int, made bool) {
		if made {
			counts[when][1]++
		} else {
			counts[when][0]++
		}
	}
	for seed := range *changedModels {
		r := rand.New(rand.NewPCG(seed, 18))
		o := fuzzOptions(uint16(r.Uint32()))
		m := readRandom(t, seed)
		p, planErr := quantize.NewPlan(m, o)
		original := readRandom(t, seed)
		parts := random.Parts(m)
		for range 1 + r.IntN(4) {
			random.Change(r, parts[r.IntN(len(parts))])
		}
		if planErr == nil {
			file, err := quantize.Apply(p)
			count(1, madeOrRefused(t, seed, file, err))
		}
		file, err := quantize.Bytes(m, o)
		count(0, madeOrRefused(t, seed, file, err))
		if _, err := quantize.OrderOf(original, m, o); err != nil && !errors.Is(err, quantize.ErrModel) {
			t.Fatalf("seed %d: %v does not match ErrModel", seed, err)
		}
	}
	for when, c := range counts {
		if c[0] < 100 || c[1] < 100 {
			t.Errorf("changed at %d: %d models were refused and %d made, want many of both", when, c[0], c[1])
		}
	}
	t.Logf("refused and made: %v", counts)
}

// A tensor that a model gets after planning would be taken for one that the plan adds.
func TestTensorsAddedAfterPlanningAreRefused(t *testing.T) {
	m := readRandom(t, 1)
	p, err := quantize.NewPlan(m, everything)
	if err != nil {
		t.Fatal(err)
	}
	m.Subgraphs[0].Tensors = append(m.Subgraphs[0].Tensors, &tflite.TensorT{})
	if _, err := quantize.Apply(p); !errors.Is(err, quantize.ErrModel) || !strings.Contains(err.Error(), "make a new plan") {
		t.Errorf("got %v, want the error of a changed model", err)
	}
}

// Arguments that are nil are errors.
func TestMissingArgumentsAreErrors(t *testing.T) {
	m := readRandom(t, 1)
	all := quantize.Options{}
	for name, c := range map[string]struct {
		want error
		call func() error
	}{
		"NewPlan, model":        {quantize.ErrModel, func() error { _, err := quantize.NewPlan(nil, all); return err }},
		"NewPlan, quantizer":    {quantize.ErrOptions, func() error { _, err := quantize.NewPlan(m, nil); return err }},
		"NewPlan, nil options":  {quantize.ErrOptions, func() error { _, err := quantize.NewPlan(m, (*quantize.Options)(nil)); return err }},
		"NewPlan, no plan":      {quantize.ErrModel, func() error { _, err := quantize.NewPlan(m, planless{}); return err }},
		"NewCheckedPlan, model": {quantize.ErrModel, func() error { _, err := quantize.NewCheckedPlan(context.Background(), nil, all); return err }},
		"NewCheckedPlan, quantizer": {quantize.ErrOptions, func() error {
			_, err := quantize.NewCheckedPlan(context.Background(), m, nil)
			return err
		}},
		"Bytes, model":       {quantize.ErrModel, func() error { _, err := quantize.Bytes(nil, all); return err }},
		"Bytes, quantizer":   {quantize.ErrOptions, func() error { _, err := quantize.Bytes(m, nil); return err }},
		"Bytes, nil options": {quantize.ErrOptions, func() error { _, err := quantize.Bytes(m, (*quantize.Options)(nil)); return err }},
		"Bytes, no plan":     {quantize.ErrModel, func() error { _, err := quantize.Bytes(m, planless{}); return err }},
		"Weights, builder":   {quantize.ErrOptions, func() error { return quantize.Weights(nil, m, all) }},
		"Weights, model":     {quantize.ErrModel, func() error { return quantize.Weights(flatbuffers.NewBuilder(0), nil, all) }},
		"Weights, quantizer": {quantize.ErrOptions, func() error { return quantize.Weights(flatbuffers.NewBuilder(0), m, nil) }},
		"Write, writer":      {quantize.ErrOptions, func() error { _, err := quantize.Write(nil, m, all); return err }},
		"Apply, plan":        {quantize.ErrModel, func() error { _, err := quantize.Apply(nil); return err }},
		"Apply, empty plan":  {quantize.ErrModel, func() error { _, err := quantize.Apply(&quantize.Plan{}); return err }},
		"Plan.Apply":         {quantize.ErrModel, func() error { _, err := (*quantize.Plan)(nil).Apply(); return err }},
		"OrderOf, model":     {quantize.ErrModel, func() error { _, err := quantize.OrderOf(nil, m, all); return err }},
		"OrderOf, upstream":  {quantize.ErrModel, func() error { _, err := quantize.OrderOf(m, nil, all); return err }},
		"Bundle, quantizer":  {quantize.ErrOptions, func() error { _, err := quantize.Bundle("none", "none", nil); return err }},
		"File, quantizer":    {quantize.ErrOptions, func() error { _, err := quantize.File("none", "none", nil); return err }},
		"File, nil options":  {quantize.ErrOptions, func() error { _, err := quantize.File("none", "none", (*quantize.Options)(nil)); return err }},
	} {
		if err := c.call(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	var none context.Context
	if _, err := quantize.Bytes(m, all, nil, quantize.WithContext(none), quantize.WithProgress(nil)); err != nil {
		t.Errorf("options without effect: %v", err)
	}
	if _, err := quantize.NewCheckedPlan(none, m, all); err != nil {
		t.Errorf("no context: %v", err)
	}
}

// planless makes no plan.
type planless struct{}

func (planless) Plan(*tflite.ModelT) (*quantize.Plan, error) { return nil, nil }
