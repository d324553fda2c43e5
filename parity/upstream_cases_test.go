package parity

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// What upstream's own tests of the whole call say about models of convolutions,
// lookups and custom operators, by its names: of its file, and of ours, which
// is the same.

// inBoth quantizes with both, which must give the same file, and states a
// property of each.
func inBoth(t *testing.T, m *synthetic.Model, o quantize.Options, holds func(t *testing.T, out *tflite.ModelT)) {
	t.Helper()
	upstream := expectEqual(t, &smallModels, m.Bytes(), o).Upstream
	for name, file := range map[string][]byte{"upstream": upstream, "ours": mustQuantize(t, &m.ModelT, o)} {
		t.Run(name, func(t *testing.T) {
			out, err := tflite.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			holds(t, out)
		})
	}
}

// smallModels is upstream's process for the tests of one small model each. It
// ends with the tests.
var smallModels reference.Quantizer

var everything = quantize.Options{MinElements: 1}

// Tensors of oneConv and twoConvs.
const (
	convInput = iota
	convWeights
	convBias
	convOutput
	convOutput2 // of twoConvs
)

// oneConv has a convolution with 5 output channels.
func oneConv() *synthetic.Model {
	m := synthetic.New()
	x, w := m.Input(1, 4, 4, 3), m.Random(5, 2, 2, 3)
	b, y := m.Random(5), m.Tensor(1, 3, 3, 5)
	m.Last().Tensors[b].Name = "conv_bias"
	m.Op(tflite.BuiltinOperatorCONV_2D, []int32{x, w, b}, y)
	m.Output(y)
	return m
}

// twoConvs share their weights.
func twoConvs() *synthetic.Model {
	m := oneConv()
	y := m.Tensor(1, 3, 3, 5)
	m.Op(tflite.BuiltinOperatorCONV_2D, []int32{convInput, convWeights, convBias}, y)
	m.Output(y)
	return m
}

// expectTypes says which of the first tensors are of another type than expected.
func expectTypes(t *testing.T, out *tflite.ModelT, want ...tflite.TensorType) {
	t.Helper()
	for i, typ := range want {
		if got := out.Subgraphs[0].Tensors[i]; got.Type != typ {
			t.Errorf("tensor %d %q is %v, expected %v", i, got.Name, got.Type, typ)
		}
	}
}

const (
	f32 = tflite.TensorTypeFLOAT32
	f16 = tflite.TensorTypeFLOAT16
	i8  = tflite.TensorTypeINT8
)

func builtin(m *tflite.ModelT, op *tflite.OperatorT) tflite.BuiltinOperator {
	return tflite.BuiltinCode(m.OperatorCodes[op.OpcodeIndex])
}

// expectOps says where the operators are not those expected.
func expectOps(t *testing.T, out *tflite.ModelT, want ...tflite.BuiltinOperator) {
	t.Helper()
	var got []tflite.BuiltinOperator
	for _, op := range out.Subgraphs[0].Operators {
		got = append(got, builtin(out, op))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("operators (-want +got):\n%s", d)
	}
}

// expectDequantized says where an input of an operator is not what a DEQUANTIZE makes.
func expectDequantized(t *testing.T, out *tflite.ModelT, op *tflite.OperatorT, input int, from tflite.TensorType) {
	t.Helper()
	sg := out.Subgraphs[0]
	for _, d := range sg.Operators {
		if builtin(out, d) != dequantizeOp || d.Outputs[0] != op.Inputs[input] {
			continue
		}
		if a, b := sg.Tensors[d.Inputs[0]].Type, sg.Tensors[d.Outputs[0]].Type; a != from || b != f32 {
			t.Errorf("DEQUANTIZE turns %v into %v, expected %v and FLOAT32", a, b, from)
		}
		return
	}
	t.Errorf("input %d comes from no DEQUANTIZE", input)
}

const (
	convOp       = tflite.BuiltinOperatorCONV_2D
	dequantizeOp = tflite.BuiltinOperatorDEQUANTIZE
)

func TestQuantizationSucceeds(t *testing.T) {
	inBoth(t, oneConv(), everything, func(t *testing.T, out *tflite.ModelT) {
		if len(out.Subgraphs) != 1 || len(out.Subgraphs[0].Operators) == 0 {
			t.Error("the model has lost its graph")
		}
	})
}

func TestWeightsMinNumElements(t *testing.T) {
	in := oneConv()
	inBoth(t, in, quantize.Options{MinElements: 1_000_000}, func(t *testing.T, out *tflite.ModelT) {
		if d := cmp.Diff(in.Subgraphs[0].Tensors, out.Subgraphs[0].Tensors); d != "" {
			t.Error(d)
		}
		for i, b := range in.Buffers {
			if !slices.Equal(b.Data, out.Buffers[i].Data) {
				t.Errorf("buffer %d has changed", i)
			}
		}
	})
}

func TestHybridConv(t *testing.T) {
	inBoth(t, oneConv(), everything, func(t *testing.T, out *tflite.ModelT) { expectHybridConv(t, out, 5) })
}

func expectHybridConv(t *testing.T, out *tflite.ModelT, scales int) {
	if n := len(out.Subgraphs[0].Tensors); n != 4 {
		t.Errorf("%d tensors, expected 4", n)
	}
	expectOps(t, out, convOp)
	expectTypes(t, out, f32, i8, f32, f32)
	if q := out.Subgraphs[0].Tensors[convWeights].Quantization; len(q.Scale) != scales {
		t.Errorf("%d scales, expected %d", len(q.Scale), scales)
	}
}

func TestDequantizeConv(t *testing.T) {
	inBoth(t, oneConv(), quantize.Options{MinElements: 1, NoHybrid: true}, expectDequantizedConv)
}

func expectDequantizedConv(t *testing.T, out *tflite.ModelT) {
	if n := len(out.Subgraphs[0].Tensors); n != 5 {
		t.Errorf("%d tensors, expected 5", n)
	}
	expectOps(t, out, dequantizeOp, convOp)
	expectTypes(t, out, f32, i8, f32, f32, f32)
	expectDequantized(t, out, out.Subgraphs[0].Operators[1], 1, i8)
}

func TestDequantizeConvFloat16(t *testing.T) {
	inBoth(t, oneConv(), quantize.Options{BufferType: quantize.Float16}, func(t *testing.T, out *tflite.ModelT) {
		expectOps(t, out, dequantizeOp, dequantizeOp, convOp)
		expectTypes(t, out, f32, f16, f16, f32, f32, f32)
		for _, input := range []int{convWeights, convBias} {
			expectDequantized(t, out, out.Subgraphs[0].Operators[2], input, f16)
		}
	})
}

func TestVerifyUpdatedHybridSchemeFalseQuantizationHybrid(t *testing.T) {
	o := quantize.Options{MinElements: 1, Scheme: quantize.Legacy}
	inBoth(t, oneConv(), o, func(t *testing.T, out *tflite.ModelT) { expectHybridConv(t, out, 1) })
}

func TestDequantizeConvBlocklisted(t *testing.T) {
	o := quantize.Options{MinElements: 1, OpDenylist: []tflite.BuiltinOperator{convOp}}
	inBoth(t, oneConv(), o, func(t *testing.T, out *tflite.ModelT) {
		expectDequantizedConv(t, out)
		if q := out.Subgraphs[0].Tensors[convWeights].Quantization; len(q.Scale) != 5 || q.QuantizedDimension != 0 {
			t.Errorf("%d scales on dimension %d, expected 5 on 0", len(q.Scale), q.QuantizedDimension)
		}
	})
}

func TestSharedWeights_Hybrid(t *testing.T) {
	inBoth(t, twoConvs(), everything, func(t *testing.T, out *tflite.ModelT) {
		expectOps(t, out, convOp, convOp)
		expectTypes(t, out, f32, i8, f32, f32, f32)
		for _, op := range out.Subgraphs[0].Operators {
			if op.Inputs[1] != convWeights {
				t.Errorf("a convolution reads tensor %d, expected the weights, %d", op.Inputs[1], convWeights)
			}
		}
	})
}

func TestSharedWeights_Dequantize(t *testing.T) {
	inBoth(t, twoConvs(), quantize.Options{MinElements: 1, NoHybrid: true}, func(t *testing.T, out *tflite.ModelT) {
		expectOps(t, out, dequantizeOp, convOp, convOp)
		for _, op := range out.Subgraphs[0].Operators[1:] {
			expectDequantized(t, out, op, 1, i8)
		}
	})
}

func TestVerifyGatherQuantization(t *testing.T) {
	m := synthetic.New()
	w := m.Random(5, 6)
	ids, y := m.Constant(tflite.TensorTypeINT32, []int32{2}, synthetic.Ints(0, 1)), m.Tensor(2, 6)
	m.Op(tflite.BuiltinOperatorGATHER, []int32{w, ids}, y)
	m.Output(y)
	inBoth(t, m, everything, func(t *testing.T, out *tflite.ModelT) {
		expectTypes(t, out, i8)
		if in := out.Subgraphs[0].Operators[0].Inputs[0]; in != w {
			t.Errorf("GATHER reads tensor %d, expected the constant, %d", in, w)
		}
	})
}

// customOp has a custom operator with a constant input 1.
func customOp() *synthetic.Model {
	m := synthetic.New()
	x, w := m.Input(1, 6), m.Random(5, 6)
	y := m.Tensor(1, 6)
	m.Custom("CustomTestOp", []int32{x, w}, y)
	m.Output(y)
	return m
}

func customOptions(hybrid bool) quantize.Options {
	return quantize.Options{MinElements: 1, CustomOps: map[string]quantize.CustomOp{"CustomTestOp": {Inputs: []int32{1}, Hybrid: hybrid}}}
}

func TestVerifyCustomOpQuantizationDequantize(t *testing.T) {
	inBoth(t, customOp(), customOptions(false), func(t *testing.T, out *tflite.ModelT) {
		expectOps(t, out, dequantizeOp, tflite.BuiltinOperatorCUSTOM)
		expectDequantized(t, out, out.Subgraphs[0].Operators[1], 1, i8)
	})
}

func TestVerifyCustomOpQuantizationHybrid(t *testing.T) {
	inBoth(t, customOp(), customOptions(true), func(t *testing.T, out *tflite.ModelT) {
		expectOps(t, out, tflite.BuiltinOperatorCUSTOM)
		expectTypes(t, out, f32, i8)
	})
}

func TestFloat16Clamps(t *testing.T) {
	in := []float32{2, 1, 65504, 65505, -65504, -99999}
	want := []uint16{0x4000, 0x3c00, 0x7bff, 0x7bff, 0xfbff, 0xfbff}
	inBoth(t, oneDense(in), quantize.Options{BufferType: quantize.Float16}, func(t *testing.T, out *tflite.ModelT) {
		if d := cmp.Diff(want, halves(out.Buffers[1].Data)); d != "" {
			t.Error(d)
		}
	})
}

func TestFloat16HalvesTheBytes(t *testing.T) {
	m := oneDense(make([]float32, 40))
	inBoth(t, m, quantize.Options{BufferType: quantize.Float16}, func(t *testing.T, out *tflite.ModelT) {
		expectTypes(t, out, f32, f16)
		if n := len(out.Buffers[1].Data); n != 80 {
			t.Errorf("%d bytes, expected 80", n)
		}
	})
}

// oneDense has a dense layer with the given weights in tensor 1, buffer 1.
func oneDense(weights []float32) *synthetic.Model {
	m := synthetic.New()
	n := int32(len(weights))
	x, w := m.Input(1, n), m.Weights([]int32{1, n}, weights...)
	y := m.Tensor(1, 1)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
	m.Output(y)
	return m
}

func halves(data []byte) []uint16 {
	var h []uint16
	for i := 0; i < len(data); i += 2 {
		h = append(h, uint16(data[i])|uint16(data[i+1])<<8)
	}
	return h
}

// near says whether two scales are the same but for the last bits.
func near(a, b float32) bool { return math.Abs(float64(a-b)) <= 1e-7*math.Abs(float64(b)) }
