package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func samplePlan(t *testing.T, m *tflite.ModelT, o toco.Options) *plan.Plan {
	t.Helper()
	p, err := o.Plan(m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryTensorIsExplained(t *testing.T) {
	for _, c := range []struct {
		options toco.Options
		want    map[string]string
	}{
		{toco.Options{}, map[string]string{
			"in":            "kept: not a constant",
			"conv/filter":   "int8 per channel: weights of CONV_2D 0",
			"conv/bias":     "kept: input 2 of CONV_2D 0, not its weights",
			"conv":          "kept: not a constant",
			"dense/weights": "int8 per tensor: weights of FULLY_CONNECTED 1",
			"dense":         "kept: not a constant",
			"small/weights": "kept: has 16 elements, fewer than 1024",
			"small":         "kept: not a constant",
			"up/shape":      "kept: is INT32, only FLOAT32 is quantized",
			"up/filter":     "int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for: TRANSPOSE_CONV 3",
			"up":            "kept: not a constant",
		}},
		{toco.Options{BufferType: toco.Float16}, map[string]string{
			"conv/filter": "float16: constant input 1 of CONV_2D 0; dequantized for: CONV_2D 0",
			"conv/bias":   "float16: constant input 2 of CONV_2D 0; dequantized for: CONV_2D 0",
			"up/shape":    "kept: is INT32, only FLOAT32 is quantized",
		}},
		{toco.Options{NoHybrid: true, MinElements: 1}, map[string]string{
			"conv/filter":   "int8 per channel: weights of CONV_2D 0; dequantized for: CONV_2D 0",
			"small/weights": "int8 per tensor: weights of FULLY_CONNECTED 2; dequantized for: FULLY_CONNECTED 2",
		}},
	} {
		m := synthetic.Sample()
		p := samplePlan(t, m, c.options)
		words := NewExplainer(p, 0)
		for i, tensor := range m.Subgraphs[0].Tensors {
			if want, ok := c.want[tensor.Name]; ok && words.Explain(i) != want {
				t.Errorf("%s: %s, want %s", tensor.Name, words.Explain(i), want)
			}
		}
	}
}

// Readers are named up to a few; lookups, outputs of the subgraph and constants
// that nothing reads have words of their own.
func TestExplanationsOfOtherGraphs(t *testing.T) {
	m := synthetic.Sample()
	sg := m.Subgraphs[0]
	find := func(name string) int32 {
		for i, tensor := range sg.Tensors {
			if tensor.Name == name {
				return int32(i)
			}
		}
		t.Fatal("no tensor", name)
		return 0
	}
	for range 5 { // more readers of the same weights, and one that reads them twice
		sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: sg.Operators[3].OpcodeIndex, Inputs: []int32{find("up/shape"), find("up/filter"), find("up/filter")}, Outputs: []int32{find("up")}})
	}
	m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorGATHER, Version: 1})
	sg.Operators[1] = &tflite.OperatorT{OpcodeIndex: uint32(len(m.OperatorCodes) - 1), Inputs: []int32{find("dense/weights"), find("up/shape")}, Outputs: []int32{find("dense")}}
	sg.Outputs = append(sg.Outputs, find("dense"))
	p := samplePlan(t, m, toco.Options{})
	for name, want := range map[string]string{
		"up/filter":     "int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for: TRANSPOSE_CONV 3, TRANSPOSE_CONV 4, TRANSPOSE_CONV 5, 3 more operators",
		"dense/weights": "int8 per tensor: weights of GATHER 1",
		"dense":         "int8 passed through: looked up by GATHER 1 in quantized weights; dequantized for: FULLY_CONNECTED 2, output 1 of the subgraph",
	} {
		if got := NewExplainer(p, 0).Explain(int(find(name))); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	sg.Operators = sg.Operators[:1]
	p = samplePlan(t, m, toco.Options{BufferType: toco.Float16})
	if got, want := NewExplainer(p, 0).Explain(int(find("up/filter"))), "kept: no operator reads it"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTheSummaryCountsTheSample(t *testing.T) {
	m := synthetic.Sample()
	p := samplePlan(t, m, toco.Options{})
	got := Summarize(p)
	want := Summary{
		Type:        "int8",
		MinElements: 1024,
		Quantized:   3,
		Groups: []Group{
			{Action: "int8 per tensor", Reason: "weights", Type: "FLOAT32", Tensors: 2, BytesBefore: 4 * (2048 + 2304), BytesAfter: 2048 + 2304},
			{Action: "int8 per channel", Reason: "weights", Type: "FLOAT32", Tensors: 1, BytesBefore: 4 * 2304, BytesAfter: 2304},
			{Action: "kept", Reason: "not a constant", Type: "FLOAT32", Tensors: 5},
			{Action: "kept", Reason: "not float32", Type: "INT32", Tensors: 1, BytesBefore: 16, BytesAfter: 16,
				Operators: []Reader{{Operator: "TRANSPOSE_CONV", Inputs: []int32{0}, Bytes: 16}}, Why: "INT32, and only FLOAT32 is quantized"},
			{Action: "kept", Reason: "not weights", Type: "FLOAT32", Tensors: 1, BytesBefore: 16, BytesAfter: 16,
				Operators: []Reader{{Operator: "CONV_2D", Inputs: []int32{2}, Bytes: 16}}, Why: "not the weights of CONV_2D", Helps: []string{"--rule op:CONV_2D=float16"}},
			{Action: "kept", Reason: "too small", Type: "FLOAT32", Tensors: 1, BytesBefore: 64, BytesAfter: 64,
				Operators: []Reader{{Operator: "FULLY_CONNECTED", Inputs: []int32{1}, Bytes: 64}}, Why: "weights of fewer than 1024 elements", Helps: []string{"--min-elements 1"}},
		},
		Operators: []Computed{
			{"CONV_2D", "hybrid", 1}, {"FULLY_CONNECTED", "hybrid", 1}, {"TRANSPOSE_CONV", "float32 after DEQUANTIZE", 1}, {"FULLY_CONNECTED", "unchanged", 1},
		},
		DequantizeOperators: 1,
		OperatorVersions:    []VersionChange{{"CONV_2D", 1, 5}, {"FULLY_CONNECTED", 1, 9}},
		NeedsTensorFlow:     Needs{Before: "1.9.0", After: "2.4.0", Operators: []string{"CONV_2D 5"}},
		CopiedConstants:     []Copied{},
		UpstreamUndefined:   []string{},
		Repairs:             []Repair{},
		Warnings:            []Warning{},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Group{}, Summary{}), cmpopts.IgnoreFields(Summary{}, "RunsOn")); d != "" {
		t.Error(d)
	}
}

// Of tensors that share a buffer, the data count once, and so does each result.
func TestSharedBuffersCountOnce(t *testing.T) {
	m := synthetic.Sample()
	sg := m.Subgraphs[0]
	twin := *sg.Tensors[1]
	sg.Tensors = append(sg.Tensors, &twin)
	sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 0, Inputs: []int32{0, int32(len(sg.Tensors) - 1), 2}, Outputs: []int32{3}})
	p := samplePlan(t, m, toco.Options{})
	s := Summarize(p)
	if len(s.UpstreamUndefined) == 0 {
		t.Error("sharing is not named as undefined upstream")
	}
	for _, g := range s.Groups {
		if g.Action == "int8 per channel" && (g.Tensors != 2 || g.BytesBefore != 4*2304 || g.BytesAfter != 2304) {
			t.Errorf("%+v", g)
		}
	}
}

// A constant that something needs in another format, or as it is, is copied, and
// named.
func TestCopiesAreNamed(t *testing.T) {
	m := synthetic.Sample()
	sg := m.Subgraphs[0]
	twin := *sg.Tensors[1]
	twin.Name = "twin"
	sg.Tensors = append(sg.Tensors, &twin)
	sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: sg.Operators[3].OpcodeIndex, Inputs: []int32{0, int32(len(sg.Tensors) - 1), 2}, Outputs: []int32{3}})
	s := Summarize(samplePlan(t, m, toco.Options{}))
	want := []Copied{{Subgraph: 0, Tensor: int32(len(sg.Tensors) - 1), Name: "twin", Bytes: 2304}}
	if d := cmp.Diff(want, s.CopiedConstants); d != "" {
		t.Error(d)
	}
}
