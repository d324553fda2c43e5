package target_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func planOf(t *testing.T, m *synthetic.Model, q quantize.Quantizer) *quantize.Plan {
	t.Helper()
	p, err := quantize.NewPlan(&m.ModelT, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func warnings(ctx context.Context, p *quantize.Plan) ([]target.Warning, error) {
	uses := target.Uses(p)
	return target.Warnings(ctx, p, uses, judge(p, uses), target.NewRowSums(p, uses))
}

func judge(p *quantize.Plan, uses []target.Use) []target.Verdict {
	before, after := p.Needs()
	return target.Judge(uses, before, after)
}

// twoReaders has weights that two operators read, with the outputs one and two.
func twoReaders() *synthetic.Model {
	m := synthetic.New()
	x, w := m.Input(2, 64), m.Random(24, 64)
	for _, name := range []string{"one", "two"} {
		y := m.Tensor(2, 24)
		m.Last().Tensors[y].Name = name
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		m.Output(y)
	}
	return m
}

// custom has an operator of which the runtimes know nothing.
func custom() *synthetic.Model {
	m := synthetic.New()
	y := m.Tensor(2, 24)
	m.Custom("Mine", []int32{m.Input(2, 64), m.Random(24, 64)}, y)
	m.Output(y)
	return m
}

func gather() *synthetic.Model { return isolated(tflite.BuiltinOperatorGATHER) }

func isolated(op tflite.BuiltinOperator) *synthetic.Model {
	for _, o := range synthetic.IsolatedOperators() {
		if o.Operator == op {
			return o.Small()
		}
	}
	panic(op)
}

func TestUsesAreWhatOperatorsRead(t *testing.T) {
	rule := func(regex string, c litert.Config) litert.Rule {
		return litert.Rule{Regex: regex, Operation: "FULLY_CONNECTED", Algorithm: litert.MinMax, Config: c}
	}
	int8 := litert.Config{Bits: 8, Granularity: litert.ChannelWise, Dynamic: true}
	int4 := litert.Config{Bits: 4, Granularity: litert.ChannelWise, Asymmetric: true}
	for _, c := range []struct {
		name  string
		model *synthetic.Model
		q     quantize.Quantizer
		want  []string
	}{
		{"formats of their own", twoReaders(), litert.Options{Recipe: []litert.Rule{rule("one", int8), rule("two", int4)}}, []string{
			"operator 0, input 1: FULLY_CONNECTED with int8 per channel weights, direct",
			"operator 1, input 1: FULLY_CONNECTED with int4 per channel with zero points weights, dequantized"}},
		{"the other way round", twoReaders(), litert.Options{Recipe: []litert.Rule{rule("two", int8), rule("one", int4)}}, []string{
			"operator 0, input 1: FULLY_CONNECTED with int4 per channel with zero points weights, dequantized",
			"operator 1, input 1: FULLY_CONNECTED with int8 per channel weights, direct"}},
		{"one format", twoReaders(), quantize.Options{MinElements: 1, NoHybrid: true}, []string{
			"operator 0, input 1: FULLY_CONNECTED with int8 per tensor weights, dequantized",
			"operator 1, input 1: FULLY_CONNECTED with int8 per tensor weights, dequantized"}},
		{"a lookup, whose readers read no weights", gather(), quantize.Options{MinElements: 1}, []string{
			"operator 0, input 0: GATHER with int8 per tensor weights, direct"}},
		{"a custom operator", custom(), quantize.Options{MinElements: 1, CustomOps: map[string]quantize.CustomOp{"Mine": {Inputs: []int32{1}, Hybrid: true}}}, []string{
			"operator 0, input 1: CUSTOM with int8 per tensor weights, direct"}},
		{"sums preserved", twoReaders(), quantize.Options{MinElements: 1, Rounding: quantize.PreservedSums, Scheme: quantize.Legacy}, []string{
			"operator 0, input 1: FULLY_CONNECTED with int8 per tensor weights, direct",
			"operator 1, input 1: FULLY_CONNECTED with int8 per tensor weights, direct"}},
		{"nothing", twoReaders(), quantize.Options{MinElements: 1 << 20}, nil},
	} {
		var got []string
		for _, u := range target.Uses(planOf(t, c.model, c.q)) {
			got = append(got, fmt.Sprintf("operator %d, input %d: %v", u.Reader, u.Input, u.Kind))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestVerdicts(t *testing.T) {
	old := synthetic.New()
	y := old.Tensor(2, 24)
	old.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{old.Input(2, 64), old.Random(24, 64), -1}, y)
	old.Output(y)
	old.OperatorCodes[0].Version = 12
	for _, c := range []struct {
		name    string
		plan    *quantize.Plan
		runtime string
		want    target.Answer
		words   string
	}{
		{"right", planOf(t, twoReaders(), quantize.Options{MinElements: 1}), "TFLite 2.18", target.Yes, ""},
		{"refused", planOf(t, twoReaders(), quantize.Options{MinElements: 1}), "TFLite Micro", target.No, "refuses 2 FULLY_CONNECTED with int8 per tensor weights"},
		{"slow", planOf(t, twoReaders(), quantize.Options{MinElements: 1}), "TFLite 2.14, XNNPACK", target.Slowly, "times as long as with float32 for 2 FULLY_CONNECTED with int8 per tensor weights"},
		{"slow lookups do not matter", planOf(t, gather(), quantize.Options{MinElements: 1}), "TFLite 2.14, XNNPACK", target.Yes, ""},
		{"not measured", planOf(t, custom(), quantize.Options{MinElements: 1, CustomOps: map[string]quantize.CustomOp{"Mine": {Inputs: []int32{1}, Hybrid: true}}}), "LiteRT 2.3", target.Unknown, "was not measured with CUSTOM with int8 per tensor weights"},
		{"custom operators that read float32", planOf(t, custom(), quantize.Options{BufferType: quantize.Float16}), "LiteRT 2.3", target.Yes, ""},
		{"new versions", planOf(t, twoReaders(), mlir.Options{Variant: mlir.Converter, MinElements: 1}), "TFLite 2.14", target.No, "lacks versions of operators: the file needs TensorFlow Lite 2.17"},
		{"new versions of the model", planOf(t, old, quantize.Options{BufferType: quantize.Float16}), "TFLite 2.14", target.No, "lacks versions of operators that the model itself has: it needs TensorFlow Lite 2.17"},
		{"new enough", planOf(t, old, quantize.Options{BufferType: quantize.Float16}), "TFLite 2.18", target.Yes, ""},
	} {
		all := judge(c.plan, target.Uses(c.plan))
		v := all[slices.IndexFunc(all, func(v target.Verdict) bool { return v.Runtime == c.runtime })]
		words := ""
		if len(v.Reasons) > 0 {
			words = v.Reasons[0].Words
		}
		if v.Answer != c.want || !strings.Contains(words, c.words) || c.words == "" && words != "" {
			t.Errorf("%s: %s, %q, want %s, %q", c.name, v.Answer, words, c.want, c.words)
		}
	}
}

func TestAnOperatorWithTwoWeightsCountsOnce(t *testing.T) {
	p := planOf(t, isolated(tflite.BuiltinOperatorSVDF), quantize.Options{MinElements: 1})
	uses := target.Uses(p)
	if len(uses) != 2 || uses[0].Reader != uses[1].Reader || uses[0].Kind != uses[1].Kind {
		t.Fatalf("%v, want two weights of one operator", uses)
	}
	reasons := 0
	for _, v := range judge(p, uses) {
		for _, r := range v.Reasons {
			if reasons++; r.Count != 1 {
				t.Errorf("%s: %d operators %s, want 1", v.Runtime, r.Count, r.Words)
			}
		}
	}
	if reasons == 0 {
		t.Error("no runtime has a reason against SVDF")
	}
}

// Warnings of one kind of operator name all runtimes at once, and a remedy that the
// quantizer has.
func TestWarningsNameRuntimesAndRemedies(t *testing.T) {
	for _, c := range []struct {
		name string
		plan *quantize.Plan
		want []string
	}{
		{"wrong without a word", planOf(t, twoReaders(), litert.RecipeNamed("dynamic_wi8_afp32").Options()), []string{
			"wrong: wrong values of 2 FULLY_CONNECTED with int8 per channel weights in TFLite 2.18, TFLite 2.14 with and without XNNPACK: [--keep op:FULLY_CONNECTED]"}},
		{"refused by versions where it would be wrong", planOf(t, twoReaders(), mlir.Options{Variant: mlir.Converter, MinElements: 1}), []string{
			"wrong: wrong values of 2 FULLY_CONNECTED with int8 per channel weights in TFLite 2.18: [--keep op:FULLY_CONNECTED]"}},
		{"right", planOf(t, twoReaders(), quantize.Options{MinElements: 1}), nil},
	} {
		found, err := warnings(context.Background(), c.plan)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range found {
			got = append(got, fmt.Sprintf("%s: %s: %v", w.Name, w.What, w.Remedies))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// Looking at values ends with the context.
func TestWarningsEndWithTheContext(t *testing.T) {
	m := synthetic.New()
	y := m.Tensor(1, 2)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1, 4096), m.Random(2, 4096), -1}, y)
	m.Output(y)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := warnings(ctx, planOf(t, m, quantize.Options{MinElements: 1})); err != context.Canceled {
		t.Error(err)
	}
}
