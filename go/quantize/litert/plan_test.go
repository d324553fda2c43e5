package litert_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func named(t *testing.T, name string) litert.Options {
	t.Helper()
	r := litert.RecipeNamed(name)
	if r == nil {
		t.Fatalf("no recipe %s", name)
	}
	return r.Options()
}

// quantized is the model that the recipe makes, read back.
func quantized(t *testing.T, m *synthetic.Model, o litert.Options) *tflite.SubGraphT {
	t.Helper()
	file, err := quantize.Bytes(&m.ModelT, o)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return out.Subgraphs[0]
}

// show is the tensors with their types, and the operators' inputs and outputs.
func show(sg *tflite.SubGraphT) string {
	var words []string
	for i, t := range sg.Tensors {
		words = append(words, fmt.Sprintf("%d %s %v", i, t.Name, t.Type))
	}
	for _, op := range sg.Operators {
		words = append(words, fmt.Sprintf("%v -> %v", op.Inputs, op.Outputs))
	}
	return strings.Join(words, "\n") + fmt.Sprintf("\nout %v", sg.Outputs)
}

// dense is a layer with the given weights.
func dense(m *synthetic.Model, x, w int32, units int32) int32 {
	y := m.Tensor(1, units)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
	return y
}

// gathered reads rows of a table without knowing it for weights.
func gathered(m *synthetic.Model, table, columns int32) int32 {
	i := m.Constant(tflite.TensorTypeINT32, []int32{1}, make([]byte, 4))
	y := m.Tensor(1, columns)
	m.Op(tflite.BuiltinOperatorGATHER, []int32{table, i}, y)
	return y
}

// A table that GATHER reads first, then FULLY_CONNECTED, and that is an output too:
// readers that want it as it is keep it, whatever their order.
func TestReadersWithUnlikeWishes(t *testing.T) {
	for _, c := range []struct {
		name   string
		recipe string
		output bool
		want   string
	}{
		{"GATHER first", "dynamic_wi8_afp32", false, `0 t0 FLOAT32
1 t1 INT8
2 t2 INT32
3 t3 FLOAT32
4 t4 FLOAT32
5 t1_duplicated_5 FLOAT32
[5 2] -> [3]
[0 1 -1] -> [4]
out [3 4]`},
		{"GATHER first, as an output", "dynamic_wi8_afp32", true, `0 t0 FLOAT32
1 t1 FLOAT32
2 t2 INT32
3 t3 FLOAT32
4 t4 FLOAT32
5 t1_duplicated_5 INT8
[1 2] -> [3]
[0 5 -1] -> [4]
out [3 4 1]`},
		{"dequantized, as an output", "weight_only_wi4_afp32", true, `0 t0 FLOAT32
1 t1 FLOAT32
2 t2 INT32
3 t3 FLOAT32
4 t4 FLOAT32
5 t1_duplicated_5 INT4
6 t1_dequant FLOAT32
[1 2] -> [3]
[5] -> [6]
[0 6 -1] -> [4]
out [3 4 1]`},
		{"blocks, as an output", "dynamic_wi4b32_afp32", true, `0 t0 FLOAT32
1 t1 FLOAT32
2 t2 INT32
3 t3 FLOAT32
4 t4 FLOAT32
5 t1_duplicated_5 INT4
6 t1_duplicated_5_scales FLOAT16
[1 2] -> [3]
[0 5 -1] -> [4]
out [3 4 1]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := synthetic.New()
			x := m.Input(1, 64)
			w := m.Random(8, 64)
			g := gathered(m, w, 64)
			outputs := []int32{g, dense(m, x, w, 8)}
			if c.output {
				outputs = append(outputs, w)
			}
			m.Output(outputs...)
			sg := quantized(t, m, named(t, c.recipe))
			if got := show(sg); got != c.want {
				t.Errorf("\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Each tensor's DEQUANTIZE stands before its first reader, one for all readers.
func TestOrderOfDequantize(t *testing.T) {
	m := synthetic.New()
	x := m.Input(1, 16)
	first, second := m.Random(16, 16), m.Random(16, 16)
	y := dense(m, dense(m, dense(m, x, second, 16), first, 16), second, 16)
	m.Output(y)
	const want = `0 t0 FLOAT32
1 t1 INT8
2 t2 INT8
3 t3 FLOAT32
4 t4 FLOAT32
5 t5 FLOAT32
6 t1_dequant FLOAT32
7 t2_dequant FLOAT32
[2] -> [7]
[0 7 -1] -> [3]
[1] -> [6]
[3 6 -1] -> [4]
[4 7 -1] -> [5]
out [5]`
	if got := show(quantized(t, m, named(t, "weight_only_wi8_afp32"))); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

// Two operators that have scales along other dimensions of one table get one each, which
// litert-quantizer does not give them.
func TestOtherDimensionsWithScales(t *testing.T) {
	m := synthetic.New()
	x := m.Input(1, 16)
	w := m.Random(16, 16)
	y := dense(m, x, w, 16)
	z := m.Tensor(1, 16)
	m.Op(tflite.BuiltinOperatorBATCH_MATMUL, []int32{x, w}, z)
	m.Output(y, z)
	sg := quantized(t, m, named(t, "dynamic_wi8_afp32"))
	byFC, byMatMul := sg.Tensors[sg.Operators[0].Inputs[1]], sg.Tensors[sg.Operators[1].Inputs[1]]
	if byFC.Quantization.QuantizedDimension != 0 || byMatMul.Quantization.QuantizedDimension != 1 || byFC == byMatMul {
		t.Errorf("\n%s", show(sg))
	}
}

// A weight that an operator reads twice is read twice as what it became.
func TestTheSameInputTwice(t *testing.T) {
	m := synthetic.New()
	w := m.Random(4, 4)
	y := m.Tensor(4, 4)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{w, w, -1}, y)
	m.Output(y, gathered(m, w, 4))
	sg := quantized(t, m, named(t, "weight_only_wi8_afp32"))
	last := sg.Operators[slices.IndexFunc(sg.Operators, func(op *tflite.OperatorT) bool { return len(op.Inputs) == 3 })]
	if last.Inputs[0] != last.Inputs[1] || !strings.HasSuffix(sg.Tensors[last.Inputs[0]].Name, "_dequant") {
		t.Errorf("\n%s", show(sg))
	}
}

// Constant data of an operator that reads integers stay, its weights do not.
func TestConstantDataStay(t *testing.T) {
	m := synthetic.New()
	m.Input(1)
	x, w := m.Random(1, 16), m.Random(8, 16)
	m.Output(dense(m, x, w, 8))
	for recipe, want := range map[string]tflite.TensorType{"dynamic_wi8_afp32": tflite.TensorTypeFLOAT32, "weight_only_wi8_afp32": tflite.TensorTypeINT8} {
		sg := quantized(t, m, named(t, recipe))
		if sg.Tensors[x].Type != want || sg.Tensors[w].Type != tflite.TensorTypeINT8 {
			t.Errorf("%s:\n%s", recipe, show(sg))
		}
	}
}

// Where blocks do not fill rows, litert-quantizer's recipes are an error, and ours has
// int8; where they do, its scales are at least 2^-14.
func TestBlocksThatDoNotFillRows(t *testing.T) {
	m := synthetic.New()
	x, odd := m.Input(1, 64), m.Input(1, 48)
	w, v := m.Constant(tflite.TensorTypeFLOAT32, []int32{8, 64}, make([]byte, 4*8*64)), m.Random(8, 48)
	m.Output(dense(m, x, w, 8), dense(m, odd, v, 8))
	_, err := quantize.Bytes(&m.ModelT, named(t, "dynamic_wi4b32_afp32"))
	if !errors.Is(err, plan.ErrModel) || !strings.Contains(err.Error(), "blocks of 32 values do not fill rows of 48") {
		t.Error(err)
	}
	file, err := quantize.Bytes(&m.ModelT, named(t, "int4_blocks32"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	sg := out.Subgraphs[0]
	if sg.Tensors[w].Type != tflite.TensorTypeINT4 || sg.Tensors[v].Type != tflite.TensorTypeINT8 {
		t.Fatalf("\n%s", show(sg))
	}
	scales := sg.Tensors[sg.Tensors[w].Quantization.Details.Value.(*tflite.BlockwiseQuantizationT).Scales]
	if data := out.Buffers[scales.Buffer].Data; !bytes.Equal(data, bytes.Repeat([]byte{0x00, 0x04}, 16)) || scales.Name != "t2_scales" || !slices.Equal(scales.Shape, []int32{8, 2}) {
		t.Errorf("scales %x of %+v, want 2^-14", data, scales)
	}
}

// The last rule that matches an operator and that it can have decides; the same regex is
// one group; a rule that leaves alone always counts.
func TestWhichRuleDecides(t *testing.T) {
	dynamic := func(bits uint8) litert.Config {
		return litert.Config{Bits: bits, Granularity: litert.ChannelWise, Dynamic: true}
	}
	rule := func(regex, operation string, bits uint8) litert.Rule {
		if bits == 0 {
			return litert.Rule{Regex: regex, Operation: operation, Algorithm: litert.NoQuantize}
		}
		return litert.Rule{Regex: regex, Operation: operation, Algorithm: litert.MinMax, Config: dynamic(bits)}
	}
	const float, int8, int4 = tflite.TensorTypeFLOAT32, tflite.TensorTypeINT8, tflite.TensorTypeINT4
	for _, c := range []struct {
		name          string
		rules         []litert.Rule
		fc, depthwise tflite.TensorType
	}{
		{"none", nil, float, float},
		{"an operator that cannot have it", []litert.Rule{rule(".*", "*", 4)}, int4, float},
		{"falls back to the rule before", []litert.Rule{rule(".*", "*", 8), rule("", "*", 4)}, int4, int8},
		{"the same regex is replaced", []litert.Rule{rule(".*", "*", 8), rule(".*", "*", 4)}, int4, float},
		{"by operation", []litert.Rule{rule(".*", "*", 8), rule(".*", "FULLY_CONNECTED", 4)}, int4, int8},
		{"left alone", []litert.Rule{rule(".*", "*", 8), rule("", "FULLY_CONNECTED", 0)}, float, int8},
		{"by the output's name, with a semicolon", []litert.Rule{rule("^dense;$", "*", 4), rule("dense$", "*", 8)}, int4, float},
		{"in order of first appearance", []litert.Rule{rule("a", "*", 8), rule("d", "*", 0), rule("a", "FULLY_CONNECTED", 4)}, float, float},
		{"a later rule of another group", []litert.Rule{rule("d", "*", 0), rule("e", "*", 8)}, int8, int8},
	} {
		m := synthetic.New()
		x, image := m.Input(1, 16), m.Input(1, 4, 4, 2)
		w, k := m.Random(8, 16), m.Random(1, 3, 3, 2)
		y, z := dense(m, x, w, 8), m.Tensor(1, 4, 4, 2)
		m.Op(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{image, k, -1}, z)
		m.Last().Tensors[y].Name, m.Last().Tensors[z].Name = "dense", "depthwise"
		m.Output(y, z)
		sg := quantized(t, m, litert.Options{Recipe: c.rules})
		if sg.Tensors[w].Type != c.fc || sg.Tensors[k].Type != c.depthwise {
			t.Errorf("%s: %v and %v, want %v and %v", c.name, sg.Tensors[w].Type, sg.Tensors[k].Type, c.fc, c.depthwise)
		}
	}
}

// Files that have an operator's code in the older field alone are quantized, which
// litert-quantizer does not do.
func TestOldOperatorCodes(t *testing.T) {
	m := synthetic.New()
	x, w := m.Input(1, 16), m.Random(8, 16)
	m.Output(dense(m, x, w, 8))
	m.OperatorCodes[0].BuiltinCode = 0
	m.OperatorCodes[0].DeprecatedBuiltinCode = int8(tflite.BuiltinOperatorFULLY_CONNECTED)
	if sg := quantized(t, m, named(t, "dynamic_wi4_afp32")); sg.Tensors[w].Type != tflite.TensorTypeINT4 {
		t.Errorf("\n%s", show(sg))
	}
}

// The meaning of a composite operator is not quantized, the same graph elsewhere is.
func TestDecompositionsStay(t *testing.T) {
	m := synthetic.New()
	x := m.Input(1, 16)
	y := m.Tensor(1, 8)
	op := m.Op(tflite.BuiltinOperatorSTABLEHLO_COMPOSITE, []int32{x}, y)
	m.Output(y)
	op.BuiltinOptions2 = &tflite.BuiltinOptions2T{Type: tflite.BuiltinOptions2StableHLOCompositeOptions, Value: &tflite.StableHLOCompositeOptionsT{Name: "a.b", DecompositionSubgraphIndex: 1}}
	for _, name := range []string{"decomposition", "other"} {
		m.Subgraph(name)
		x := m.Input(1, 16)
		m.Output(dense(m, x, m.Random(8, 16), 8))
	}
	p, err := quantize.NewPlan(&m.ModelT, named(t, "dynamic_wi8_afp32"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Subgraphs[1].Tensors[1].Format != nil || p.Subgraphs[2].Tensors[1].Format == nil {
		t.Errorf("%v, %v", p.Subgraphs[1].Tensors[1].Format, p.Subgraphs[2].Tensors[1].Format)
	}
}

// Rules keep constants, repairs those that are not finite; sparse weights and weights
// with a scale stay in any case.
func TestConstantsThatStay(t *testing.T) {
	m := synthetic.New()
	x := m.Input(1, 16)
	w, v, u, s := m.Random(8, 16), m.Random(8, 16), m.Random(8, 16), m.Random(8, 16)
	m.Last().Tensors[u].Quantization = &tflite.QuantizationParametersT{Scale: []float32{1}, ZeroPoint: []int64{0}}
	m.Last().Tensors[s].Sparsity = &tflite.SparsityParametersT{}
	copy(m.Buffers[m.Last().Tensors[v].Buffer].Data, []byte{0, 0, 0xc0, 0x7f})
	m.Output(dense(m, x, w, 8), dense(m, x, v, 8), dense(m, x, u, 8), dense(m, x, s, 8))
	o := named(t, "dynamic_wi8_afp32")
	o.Rules, o.Repairs = []rule.Rule{{Tensor: "t1", Format: rule.Keep}}, repair.Every()
	p, err := quantize.NewCheckedPlan(t.Context(), &m.ModelT, o)
	if err != nil {
		t.Fatal(err)
	}
	for tensor, want := range map[int32]plan.Reason{w: plan.ByRule, v: plan.ByRepair, u: plan.NotWeight, s: plan.NotWeight} {
		if got := p.Subgraphs[0].Tensors[tensor].Reason; got != want {
			t.Errorf("tensor %d: %d, want %d", tensor, got, want)
		}
	}
	o.Rules[0].Format = "int8"
	if _, err := quantize.NewPlan(&m.ModelT, o); !errors.Is(err, plan.ErrOptions) {
		t.Error(err)
	}
}

// The table says what an operator can have: rules that name one and ask for more are
// errors.
func TestConfigurationsByOperation(t *testing.T) {
	for _, c := range []struct {
		operation string
		config    litert.Config
		ok        bool
	}{
		{"FULLY_CONNECTED", litert.Config{Bits: 2, Granularity: litert.BlockWise64, Dynamic: true}, true},
		{"EMBEDDING_LOOKUP", litert.Config{Bits: 2, Granularity: litert.BlockWise64, Dynamic: true}, false},
		{"EMBEDDING_LOOKUP", litert.Config{Bits: 4, Granularity: litert.BlockWise64, Dynamic: true}, true},
		{"CONV_2D", litert.Config{Bits: 4, Granularity: litert.BlockWise64, Dynamic: true}, false},
		{"CONV_2D", litert.Config{Bits: 2, Granularity: litert.TensorWise, Dynamic: true}, true},
		{"BATCH_MATMUL", litert.Config{Bits: 4, Granularity: litert.ChannelWise, Dynamic: true}, false},
		{"BATCH_MATMUL", litert.Config{Bits: 4, Granularity: litert.ChannelWise, Asymmetric: true}, true},
		{"DEPTHWISE_CONV_2D", litert.Config{Bits: 4, Granularity: litert.ChannelWise}, false},
		{"CONV_2D_TRANSPOSE", litert.Config{Bits: 8, Granularity: litert.ChannelWise, Asymmetric: true, Dynamic: true}, false},
		{"FULLY_CONNECTED", litert.Config{Bits: 8, Granularity: litert.BlockWise32, Dynamic: true}, false},
		{"FULLY_CONNECTED", litert.Config{Bits: 2, Granularity: litert.ChannelWise}, false},
		{"GATHER", litert.Config{Bits: 8, Granularity: litert.ChannelWise}, false},
	} {
		r := litert.Rule{Regex: ".*", Operation: c.operation, Algorithm: litert.MinMax, Config: c.config}
		if err := r.Check(); (err == nil) != c.ok {
			t.Errorf("%s, %v: %v", c.operation, c.config, err)
		}
	}
}

// Searched scales are those of int4 with channels in the first dimension, and all weights
// that are summed have preserved sums.
func TestSearchedRecipe(t *testing.T) {
	m := synthetic.New()
	x, image := m.Input(1, 64), m.Input(1, 8, 8, 4)
	dense(m, x, m.Random(8, 64), 8)
	y, z := m.Tensor(1, 8, 8, 8), m.Tensor(1, 8, 8, 4)
	m.Op(tflite.BuiltinOperatorCONV_2D, []int32{image, m.Random(8, 3, 3, 4), -1}, y)
	m.Op(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{image, m.Random(1, 3, 3, 4), -1}, z)
	p, err := quantize.NewPlan(&m.ModelT, named(t, "int4_searched"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tensor := range p.Subgraphs[0].Tensors {
		if tensor.Format != nil {
			got = append(got, tensor.Format.String())
		}
	}
	want := []string{"int4 per channel, scales searched, sums preserved", "int4 per channel, scales searched, sums preserved", "int8 per channel, sums preserved"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	file, err := quantize.Apply(p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range out.Subgraphs[0].Tensors {
		if tensor.Type != tflite.TensorTypeINT4 {
			continue
		}
		for i, b := range out.Buffers[tensor.Buffer].Data {
			if b&15 == 8 || b>>4 == 8 {
				t.Errorf("byte %d of %s is %#x: a code is -8", i, tensor.Name, b)
			}
		}
	}
}

// In the body of a WHILE, sums are preserved with 8 bits alone.
func TestSumsInLoops(t *testing.T) {
	m := synthetic.New()
	body := &tflite.SubGraphT{}
	x := m.Input(1, 64)
	dense(m, x, m.Random(8, 64), 8)
	m.Subgraphs = append(m.Subgraphs, body)
	y := m.Input(1, 64)
	w := m.Random(8, 64)
	dense(m, y, w, 8)
	m.Subgraphs[0].Operators = append(m.Subgraphs[0].Operators, &tflite.OperatorT{BuiltinOptions: &tflite.BuiltinOptionsT{
		Type: tflite.BuiltinOptionsWhileOptions, Value: &tflite.WhileOptionsT{CondSubgraphIndex: 1, BodySubgraphIndex: 1}}})
	for name, want := range map[string][2]string{
		"int4_searched":     {"int4 per channel, scales searched, sums preserved", "int4 per channel, scales searched"},
		"dynamic_wi4_afp32": {"int4 per channel, sums preserved", "int4 per channel"},
		"dynamic_wi8_afp32": {"int8 per channel, sums preserved", "int8 per channel, sums preserved"},
	} {
		o := named(t, name)
		o.Rounding = quantize.PreservedSums
		p, err := quantize.NewPlan(&m.ModelT, o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got := p.Subgraphs[i].Tensors[1].Format.String(); got != want[i] {
				t.Errorf("%s, subgraph %d: %s, want %s", name, i, got, want[i])
			}
		}
	}
}

// Operators that litert-quantizer does not know get int8 by recipes of ours alone, and read
// it as it is where they can.
func TestOthersAreAsQuantizeWeightsHasThem(t *testing.T) {
	recurrent := func(recurrentWeights func(*synthetic.Model) int32) *synthetic.Model {
		m := synthetic.New()
		y, state := m.Tensor(1, 4), m.Tensor(1, 4)
		m.Last().Tensors[state].IsVariable = true
		m.Op(tflite.BuiltinOperatorRNN, []int32{m.Input(1, 8), m.Random(4, 8), recurrentWeights(m), m.Random(4), state}, y).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsRNNOptions, &tflite.RNNOptionsT{})
		m.Output(y)
		return m
	}
	for _, c := range []struct {
		name       string
		model      *synthetic.Model
		types      []tflite.TensorType // of the operator's weights, as it reads them
		asymmetric bool
		version    int32
	}{
		{"all weights", recurrent(func(m *synthetic.Model) int32 { return m.Random(4, 4) }), []tflite.TensorType{tflite.TensorTypeINT8, tflite.TensorTypeINT8}, true, 3},
		{"one is computed", recurrent(func(m *synthetic.Model) int32 { return m.Input(4, 4) }), []tflite.TensorType{tflite.TensorTypeFLOAT32, tflite.TensorTypeFLOAT32}, false, 1},
	} {
		sg := quantized(t, c.model, named(t, "int4_searched"))
		op := sg.Operators[len(sg.Operators)-1]
		for i, want := range c.types {
			if got := sg.Tensors[op.Inputs[i+1]].Type; got != want {
				t.Errorf("%s: weights %d are %v, want %v", c.name, i, got, want)
			}
		}
		if got := plan.HasAsymmetricInputs(op.BuiltinOptions); got != c.asymmetric {
			t.Errorf("%s: asymmetric inputs are %v", c.name, got)
		}
		if p, err := named(t, "int4_searched").Plan(&c.model.ModelT); err != nil || p.Versions[0] != c.version || p.Runtime != "" {
			t.Errorf("%s: version %d, want %d; %q, %v", c.name, p.Versions[0], c.version, p.Runtime, err)
		}
		if p, err := named(t, "dynamic_wi8_afp32").Plan(&c.model.ModelT); err != nil || len(p.Encoded) > 0 {
			t.Errorf("%s: litert-quantizer's recipe encodes %d constants, %v", c.name, len(p.Encoded), err)
		}
	}
}
