package units_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

var (
	nan      = float32(math.NaN())
	otherNaN = math.Float32frombits(math.Float32bits(nan) | 1)
)

// fullyConnected has weights of 4 inputs.
func fullyConnected(weights ...float32) *synthetic.Model {
	m := synthetic.New()
	outputs := int32(len(weights) / 4)
	x, y := m.Input(1, 4), m.Tensor(1, outputs)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, m.Weights([]int32{outputs, 4}, weights...), -1}, y)
	m.Output(y)
	return m
}

// twoLookups are of a table that is larger than what is looked up. Nothing reads the
// second unless it is an output.
func twoLookups(read bool) *synthetic.Model {
	m := synthetic.New()
	table := m.Random(20, 3)
	for i := range 2 {
		ids := m.Typed(tflite.TensorTypeINT32, 2)
		m.Last().Inputs = append(m.Last().Inputs, ids)
		y := m.Tensor(2, 3)
		m.Op(tflite.BuiltinOperatorGATHER, []int32{table, ids}, y).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsGatherOptions, &tflite.GatherOptionsT{})
		if i == 0 || read {
			m.Output(y)
		}
	}
	return m
}

// biasAdded is a TRANSPOSE_CONV to whose output something is added, a constant or not.
func biasAdded(constant bool) *synthetic.Model {
	m := synthetic.New()
	x, y, sum := m.Input(1, 2, 2, 3), m.Tensor(1, 2, 2, 4), m.Tensor(1, 2, 2, 4)
	size := m.Constant(tflite.TensorTypeINT32, []int32{4}, synthetic.Ints(1, 2, 2, 4))
	m.Op(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{size, m.Random(4, 2, 2, 3), x}, y).BuiltinOptions =
		synthetic.BuiltinOptions(tflite.BuiltinOptionsTransposeConvOptions, &tflite.TransposeConvOptionsT{StrideW: 1, StrideH: 1})
	other := int32(0)
	if constant {
		other = m.Weights([]int32{4}, 1, 2, 3, 4)
	} else {
		other = m.Input(1, 2, 2, 4)
	}
	m.Op(tflite.BuiltinOperatorADD, []int32{y, other}, sum).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{})
	m.Output(sum)
	return m
}

// unbiased is fullyConnected whose operator has two inputs.
func unbiased(keepsDimensions bool, weights ...float32) *synthetic.Model {
	m := fullyConnected(weights...)
	op := m.Last().Operators[0]
	op.Inputs = op.Inputs[:2]
	op.BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsFullyConnectedOptions, &tflite.FullyConnectedOptionsT{KeepNumDims: keepsDimensions})
	return m
}

// oneRow is a lookup in a table of one row.
func oneRow() *synthetic.Model {
	m := synthetic.New()
	ids, y := m.Typed(tflite.TensorTypeINT32, 2), m.Tensor(2, 4)
	m.Last().Inputs = append(m.Last().Inputs, ids)
	m.Op(tflite.BuiltinOperatorEMBEDDING_LOOKUP, []int32{ids, m.Random(1, 4)}, y)
	m.Output(y)
	return m
}

// grouped is a convolution in two groups.
func grouped() *synthetic.Model {
	m := synthetic.New()
	x, y := m.Input(1, 3, 3, 4), m.Tensor(1, 3, 3, 6)
	m.Op(tflite.BuiltinOperatorCONV_2D, []int32{x, m.Random(6, 2, 2, 2), m.Random(6)}, y).BuiltinOptions =
		synthetic.BuiltinOptions(tflite.BuiltinOptionsConv2DOptions, &tflite.Conv2DOptionsT{StrideW: 1, StrideH: 1, DilationWFactor: 1, DilationHFactor: 1})
	m.Output(y)
	return m
}

// activated is a TRANSPOSE_CONV with a bias and ReLU, whose version is too low.
func activated() *synthetic.Model {
	m := biasAdded(false)
	sg := m.Last()
	sg.Operators = sg.Operators[:1]
	sg.Operators[0].Inputs = append(sg.Operators[0].Inputs, m.Random(4))
	sg.Operators[0].BuiltinOptions.Value.(*tflite.TransposeConvOptionsT).FusedActivationFunction = tflite.ActivationFunctionTypeRELU
	sg.Inputs, sg.Outputs = sg.Inputs[:1], sg.Operators[0].Outputs
	return m
}

// basicLSTM has the kernel of one matrix for all gates.
func basicLSTM() *synthetic.Model {
	m := synthetic.New()
	inputs := []int32{m.Input(1, 4), m.Input(1, 3), m.Random(12, 7), m.Random(12), m.Input(1, 3)}
	outputs := []int32{m.Tensor(1, 3), m.Tensor(1, 3), m.Tensor(1, 7), m.Tensor(1, 12)}
	m.Op(tflite.BuiltinOperatorLSTM, inputs, outputs...).BuiltinOptions =
		synthetic.BuiltinOptions(tflite.BuiltinOptionsLSTMOptions, &tflite.LSTMOptionsT{FusedActivationFunction: tflite.ActivationFunctionTypeTANH, KernelType: tflite.LSTMKernelTypeBASIC})
	m.OperatorCodes[0].Version = 2
	m.Output(outputs[:2]...)
	return m
}

// What upstream does in another way, and what is almost that and equal. docs/mlir.md
// has it in words.
func TestWhatIsDoneInAnotherWay(t *testing.T) {
	perTensor := mlir.Options{MinElements: 1, PerTensor: true}
	all := mlir.Options{MinElements: 1}
	q := upstream(t)
	for _, c := range []struct {
		name  string
		model *synthetic.Model
		o     mlir.Options
		extra string // in the unit, or the version, that upstream has instead of ours
	}{
		{"nothing but one NaN, per tensor", fullyConnected(nan, nan, nan, nan), perTensor, "scales [NaN]"},
		{"nothing but one NaN, per channel", fullyConnected(nan, nan, nan, nan), all, "scales [NaN]"},
		{"nothing but NaN of two kinds", fullyConnected(nan, otherNaN, nan, nan), perTensor, ""},
		{"a channel of nothing but NaN", fullyConnected(nan, nan, nan, nan, 1, 2, 3, 4), all, ""},
		{"NaN beside a number", fullyConnected(nan, nan, nan, 1), perTensor, ""},
		{"one value everywhere", fullyConnected(-3, -3, -3, -3), perTensor, ""},
		{"one value everywhere, per channel", fullyConnected(5, 5, 5, 5, 5, 5, 5, 5), all, ""},
		{"one tiny value everywhere", fullyConnected(1e-8, 1e-8, 1e-8, 1e-8), perTensor, ""},
		{"zeros", fullyConnected(0, 0, 0, 0), perTensor, ""},
		{"a lookup that nothing reads", twoLookups(false), all, "through 1"},
		{"two lookups", twoLookups(true), all, ""},
		{"a constant added to a TRANSPOSE_CONV", biasAdded(true), all, "TRANSPOSE_CONV has 2, upstream's 3"},
		{"a dense layer of two inputs", unbiased(false, 1, 2, 3, 4, 5, 6, 7, 8), perTensor, ""},
		{"the same that keeps dimensions", unbiased(true, 1, 2, 3, 4, 5, 6, 7, 8), perTensor, ""},
		{"a table of one row", oneRow(), all, ""},
		{"a grouped convolution", grouped(), all, ""},
		{"a grouped convolution, per tensor", grouped(), perTensor, ""},
		{"an activated TRANSPOSE_CONV", activated(), all, ""},
		{"the basic kernel of LSTM", basicLSTM(), all, ""},
		{"an input added to a TRANSPOSE_CONV", biasAdded(false), all, ""},
	} {
		r, err := units.Quantize(q, c.model.Bytes(), c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		others := slices.Clone(r.Versions)
		for i := range r.Extra {
			others = append(others, r.Extra[i].String())
		}
		if c.extra == "" != r.Good() || len(others) > 1 || !strings.Contains(strings.Join(others, ""), c.extra) {
			t.Errorf("%s: %v, want %s", c.name, &r, c.extra)
		}
	}
}
