package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A constant is one that an operator of a test's model reads.
type constant struct {
	operator tflite.BuiltinOperator
	custom   string
	input    int
	typ      tflite.TensorType
	sparse   bool
	values   int // of four bytes
}

// modelOf has an operator for each of the constants, all in a row.
func modelOf(constants ...constant) *tflite.ModelT {
	activation := func() *tflite.TensorT { return &tflite.TensorT{Name: "x", Shape: []int32{1, 4}} }
	sg := &tflite.SubGraphT{Inputs: []int32{0}, Tensors: []*tflite.TensorT{activation()}}
	m := &tflite.ModelT{Version: 3, Subgraphs: []*tflite.SubGraphT{sg}, Buffers: []*tflite.BufferT{{}}}
	for i, c := range constants {
		m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: c.operator, CustomCode: c.custom, Version: 1})
		m.Buffers = append(m.Buffers, &tflite.BufferT{Data: make([]byte, 4*c.values)})
		w := &tflite.TensorT{Name: fmt.Sprint("w", i), Type: c.typ, Shape: []int32{1, int32(c.values)}, Buffer: uint32(len(m.Buffers) - 1)}
		if c.sparse {
			w.Sparsity = &tflite.SparsityParametersT{}
		}
		last := int32(len(sg.Tensors) - 1)
		sg.Tensors = append(sg.Tensors, w, activation())
		inputs := slices.Repeat([]int32{last - last%2}, c.input+1)
		inputs[c.input] = last + 1
		sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: uint32(i), Inputs: inputs, Outputs: []int32{last + 2}})
	}
	sg.Outputs = []int32{int32(len(sg.Tensors) - 1)}
	return m
}

func TestWhatStaysIsSaidByBytes(t *testing.T) {
	const (
		fc     = tflite.BuiltinOperatorFULLY_CONNECTED
		conv3d = tflite.BuiltinOperatorCONV_3D
		custom = tflite.BuiltinOperatorCUSTOM
		int8   = tflite.TensorTypeINT8
		int32  = tflite.TensorTypeINT32
	)
	for name, c := range map[string]struct {
		model   *tflite.ModelT
		options toco.Options
		want    []string
	}{
		"weights without a rule beside small weights": {
			modelOf(constant{operator: fc, input: 1, values: 100}, constant{operator: conv3d, input: 1, values: 9900}), toco.Options{},
			[]string{"of 40.0 kB of constants, 39.6 kB (99.0 %) are read by CONV_3D, for which Quantize Weights has no int8 weights; smaller with --type float16."}},
		"a shape beside weights without a rule": {
			modelOf(constant{operator: conv3d, input: 1, values: 1000}, constant{operator: conv3d, input: 0, typ: int32, values: 3}), toco.Options{},
			[]string{"of 4.01 kB of constants, 4.00 kB (99.7 %) are read by CONV_3D, for which Quantize Weights has no int8 weights; smaller with --type float16."}},
		"weights without a rule beside quantized ones": {
			modelOf(constant{operator: fc, input: 1, values: 5000}, constant{operator: conv3d, input: 1, values: 5000}), toco.Options{},
			[]string{"kept: 20.0 kB (50.0 %) are read by CONV_3D, for which Quantize Weights has no int8 weights; smaller with --rule op:CONV_3D=float16"}},
		"less than a fifth": {
			modelOf(constant{operator: fc, input: 1, values: 8100}, constant{operator: conv3d, input: 1, values: 1900}), toco.Options{}, nil},
		"custom operators": {
			modelOf(constant{operator: fc, input: 1, values: 5000}, constant{operator: custom, custom: "My*Op", input: 2, values: 5000}), toco.Options{},
			[]string{"kept: 20.0 kB (50.0 %) are read by My*Op, for which Quantize Weights has no int8 weights; smaller with --rule 'op:My[*]Op=float16' or --custom-op 'My*Op=2'"}},
		"sparse and int8": {
			modelOf(constant{operator: conv3d, input: 1, typ: int8, values: 3000}, constant{operator: fc, input: 1, sparse: true, values: 7000}), toco.Options{Repairs: repair.Every()},
			[]string{"of 40.0 kB of constants, 28.0 kB (70.0 %) are sparse, and only dense ones are quantized; 12.0 kB (30.0 %) are INT8 already; quantize the FLOAT32 model that this was made from."}},
		"a rule and a bias": {
			modelOf(constant{operator: fc, input: 1, values: 5000}, constant{operator: fc, input: 2, values: 5000}), toco.Options{Rules: []rule.Rule{{Tensor: "w0", Format: rule.Keep}}},
			[]string{"of 40.0 kB of constants, 20.0 kB (50.0 %) are not the weights of FULLY_CONNECTED; smaller with --type float16; 20.0 kB (50.0 %) are kept by rule."}},
		"no constants": {modelOf(), toco.Options{}, []string{"the model has no constants."}},
	} {
		s := Summarize(samplePlan(t, c.model, c.options))
		got := s.KeptInWords()
		if nothing := s.NothingQuantized(); nothing != "" {
			got = append(got, nothing)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// What is said to help, helps.
func TestHelpsOfRulesMatchTheOperator(t *testing.T) {
	m := modelOf(constant{operator: tflite.BuiltinOperatorFULLY_CONNECTED, input: 1, values: 5000}, constant{operator: tflite.BuiltinOperatorCUSTOM, custom: "My*[Op", input: 2, values: 5000})
	s := Summarize(samplePlan(t, m, toco.Options{}))
	helps := s.Kept()[0].Helps
	pattern, ok := strings.CutPrefix(helps[0], "--rule 'op:")
	if !ok {
		t.Fatal(helps)
	}
	r := rule.Rule{Operator: strings.TrimSuffix(pattern, "=float16'"), Format: "float16"}
	s = Summarize(samplePlan(t, m, toco.Options{Rules: []rule.Rule{r}}))
	if s.Quantized != 2 {
		t.Errorf("%s: %d tensors are quantized, want both", helps[0], s.Quantized)
	}
	s = Summarize(samplePlan(t, m, toco.Options{CustomOps: map[string]toco.CustomOp{"My*[Op": {Inputs: []int32{2}}}}))
	if s.Quantized != 2 || helps[1] != "--custom-op 'My*[Op=2'" {
		t.Errorf("%s: %d tensors are quantized, want both", helps[1], s.Quantized)
	}
}

// A model chooses the names and counts of its operators: the report stays short.
func TestReadersAreBounded(t *testing.T) {
	var constants []constant
	for i := range 3 * maxListed {
		constants = append(constants, constant{operator: tflite.BuiltinOperatorCUSTOM, custom: strings.Repeat("x", i+1), input: 1, values: 10})
	}
	m := modelOf(constants...)
	sg := m.Subgraphs[0]
	sg.Operators[0].Inputs = slices.Repeat([]int32{1}, 3*maxListed)
	g := Summarize(samplePlan(t, m, toco.Options{})).Groups
	kept := g[slices.IndexFunc(g, func(g Group) bool { return g.BytesBefore > 0 })]
	if len(kept.Operators) != maxListed || len(kept.Operators[0].Inputs) != maxListed {
		t.Errorf("%d operators, the first with %d inputs, want %d", len(kept.Operators), len(kept.Operators[0].Inputs), maxListed)
	}
}

func TestNeedsInWords(t *testing.T) {
	for want, n := range map[string]Needs{
		"":                          {},
		"needs TensorFlow Lite 2.4": {After: "2.4.0"},
		"needs LiteRT 2; operator versions, which older runtimes go by, do not say so":                                            {After: "2.4.0", Runtime: "LiteRT 2"},
		"needs TensorFlow Lite 2.4, as before":                                                                                    {Before: "2.4.0", After: "2.4.0", Declared: "2.4.0"},
		"needs TensorFlow Lite 2.4 (before: 1.13.1)":                                                                              {Before: "1.13.1", After: "2.4.0"},
		"needs TensorFlow Lite 2.4 or newer, for ADD 99 (before: 1.5)":                                                            {Before: "1.5.0", After: "2.4.0", Unknown: []string{"ADD 99"}},
		"needs TensorFlow Lite 2.4, for version 5 of CONV_2D, version 9 of SUB (before: 1.13.1)":                                  {Before: "1.13.1", After: "2.4.0", Operators: []string{"CONV_2D 5", "SUB 9"}},
		"needs TensorFlow Lite 2.4 (before: 1.6); the model's metadata still say 1.6, which --set-min-runtime-version sets right": {Before: "1.6.0", After: "2.4.0", Declared: "1.6.0"},
	} {
		if got := n.InWords(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheSummaryHasWhatTheOutputsMetadataState(t *testing.T) {
	m := modelOf(constant{operator: tflite.BuiltinOperatorCONV_2D, input: 1, values: 5000})
	m.Subgraphs[0].Tensors[1].Shape = []int32{1, 1, 1, 5000}
	for _, declared := range []string{"", "1.6.0"} {
		if declared != "" {
			m.Buffers = append(m.Buffers, &tflite.BufferT{Data: append([]byte(declared), 0, 0)})
			m.Metadata = []*tflite.MetadataT{{Name: "min_runtime_version", Buffer: uint32(len(m.Buffers) - 1)}}
		}
		for set, want := range map[bool]Needs{false: {"1.5.0", "2.4.0", []string{"CONV_2D 5"}, nil, declared, ""}, true: {"1.5.0", "2.4.0", []string{"CONV_2D 5"}, nil, "2.4.0", ""}} {
			got := Summarize(samplePlan(t, m, toco.Options{SetMinRuntimeVersion: set})).NeedsTensorFlow
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		}
	}
}

func TestOperatorsInWords(t *testing.T) {
	hybrid, after := plan.Hybrid.String(), plan.AfterDequantize.String()
	for _, c := range []struct {
		operators []Computed
		want      []string
	}{
		{nil, nil},
		{[]Computed{{"ADD", plan.Unchanged.String(), 5}}, nil},
		{[]Computed{{"CONV_2D", hybrid, 1}}, []string{"1 operator computes in int8 (CONV_2D), inputs quantized on the fly"}},
		{[]Computed{{"CONV_2D", hybrid, 35}, {"DEPTHWISE_CONV_2D", hybrid, 17}, {"SVDF", hybrid, 1}, {"CONV_2D", after, 3}}, []string{
			"53 operators compute in int8 (35 CONV_2D, 17 DEPTHWISE_CONV_2D, SVDF), inputs quantized on the fly",
			"3 in float32 (CONV_2D), weights turned back once when the model is loaded",
		}},
		{[]Computed{{"CONV_2D", after, 35}, {"SVDF", after, 1}}, []string{"36 operators compute in float32 (35 CONV_2D, SVDF), weights turned back once when the model is loaded"}},
		{[]Computed{{"EMBEDDING_LOOKUP", hybrid, 2}, {"GATHER", plan.LooksUp.String(), 1}, {"ADD", plan.AfterLookup.String(), 1}}, []string{
			"2 operators look up quantized values and give float32 (EMBEDDING_LOOKUP)",
			"1 operator looks up int8 values (GATHER)",
			"1 in float32 (ADD), from looked up values that DEQUANTIZE turns back",
		}},
	} {
		s := Summary{Type: "int8", Operators: c.operators}
		if d := cmp.Diff(c.want, s.OperatorsInWords()); d != "" {
			t.Error(d)
		}
	}
}

func TestSizesInWords(t *testing.T) {
	for _, c := range []struct {
		before, after int64
		want          string
	}{
		{14_000_000, 3_900_000, "14.0 MB -> 3.90 MB, 3.6x smaller"},
		{1000, 980, "1.00 kB -> 980 B, 2.0 % smaller"},
		{1000, 1000, "1.00 kB -> 1.00 kB, as before"},
		{1000, 1100, "1.00 kB -> 1.10 kB"},
	} {
		if got := SmallerInWords(c.before, c.after); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
