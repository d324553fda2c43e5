package quantize

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func samplePlan(t *testing.T, m *tflite.ModelT, o Options) *Plan {
	t.Helper()
	p, err := NewPlan(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryTensorIsExplained(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    map[string]string
	}{
		{Options{}, map[string]string{
			"in":            "kept: not a constant",
			"conv/filter":   "int8 per channel: weights of CONV_2D 0",
			"conv/bias":     "kept: not weights of any operator",
			"conv":          "kept: not a constant",
			"dense/weights": "int8 per tensor: weights of FULLY_CONNECTED 1",
			"dense":         "kept: not a constant",
			"small/weights": "kept: has 16 elements, fewer than 1024",
			"small":         "kept: not a constant",
			"up/shape":      "kept: is INT32, only FLOAT32 is quantized",
			"up/filter":     "int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for: TRANSPOSE_CONV 3",
			"up":            "kept: not a constant",
		}},
		{Options{BufferType: Float16}, map[string]string{
			"conv/filter": "float16: constant input 1 of CONV_2D 0; dequantized for: CONV_2D 0",
			"conv/bias":   "float16: constant input 2 of CONV_2D 0; dequantized for: CONV_2D 0",
			"up/shape":    "kept: is INT32, only FLOAT32 is quantized",
		}},
		{Options{NoHybrid: true, MinElements: 1}, map[string]string{
			"conv/filter":   "int8 per channel: weights of CONV_2D 0; dequantized for: CONV_2D 0",
			"small/weights": "int8 per tensor: weights of FULLY_CONNECTED 2; dequantized for: FULLY_CONNECTED 2",
		}},
	} {
		m := synthetic.Sample()
		p := samplePlan(t, m, c.options)
		all := p.ExplainAll(m, 0)
		for i, tensor := range m.Subgraphs[0].Tensors {
			if want, ok := c.want[tensor.Name]; ok && all[i] != want {
				t.Errorf("%s: %s, want %s", tensor.Name, all[i], want)
			}
			if one := p.Explain(m, 0, i); one != all[i] {
				t.Errorf("%s: Explain says %s, ExplainAll %s", tensor.Name, one, all[i])
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
	p := samplePlan(t, m, Options{})
	for name, want := range map[string]string{
		"up/filter":     "int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for: TRANSPOSE_CONV 3, TRANSPOSE_CONV 4, TRANSPOSE_CONV 5, 3 more operators",
		"dense/weights": "int8 per tensor: weights of GATHER 1",
		"dense":         "int8 passed through: looked up by GATHER 1 in quantized weights; dequantized for: FULLY_CONNECTED 2, output 1 of the subgraph",
	} {
		if got := p.Explain(m, 0, int(find(name))); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	sg.Operators = sg.Operators[:1]
	p = samplePlan(t, m, Options{BufferType: Float16})
	if got, want := p.Explain(m, 0, int(find("up/filter"))), "kept: no operator reads it"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTheSummaryCountsTheSample(t *testing.T) {
	m := synthetic.Sample()
	p := samplePlan(t, m, Options{})
	got := p.Summary(m)
	want := Summary{
		Groups: []Group{
			{Int8PerTensor, Weight, tflite.TensorTypeFLOAT32, 2, 4 * (2048 + 2304), 2048 + 2304},
			{Int8PerChannel, Weight, tflite.TensorTypeFLOAT32, 1, 4 * 2304, 2304},
			{Keep, Activation, tflite.TensorTypeFLOAT32, 5, 0, 0},
			{Keep, NotFloat32, tflite.TensorTypeINT32, 1, 16, 16},
			{Keep, NotWeight, tflite.TensorTypeFLOAT32, 1, 16, 16},
			{Keep, TooSmall, tflite.TensorTypeFLOAT32, 1, 64, 64},
		},
		DequantizeOperators: 1,
		Versions:            []VersionChange{{"CONV_2D", 1, 5}, {"FULLY_CONNECTED", 1, 9}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got.Quantized() != 3 {
		t.Errorf("%d tensors are quantized, want 3", got.Quantized())
	}
}

// Of tensors that share a buffer, the data count once, and so does each result.
func TestSharedBuffersCountOnce(t *testing.T) {
	m := synthetic.Sample()
	sg := m.Subgraphs[0]
	twin := *sg.Tensors[1]
	sg.Tensors = append(sg.Tensors, &twin)
	sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 0, Inputs: []int32{0, int32(len(sg.Tensors) - 1), 2}, Outputs: []int32{3}})
	p := samplePlan(t, m, Options{})
	s := p.Summary(m)
	if len(s.Undefined) == 0 {
		t.Error("sharing is not named as undefined upstream")
	}
	for _, g := range s.Groups {
		if g.Action == Int8PerChannel && g != (Group{Int8PerChannel, Weight, tflite.TensorTypeFLOAT32, 2, 4 * 2304, 2304}) {
			t.Errorf("%+v", g)
		}
	}
}
