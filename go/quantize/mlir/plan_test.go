package mlir_test

import (
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

const (
	rows    = 64
	columns = 32
)

// tied has a table that a GATHER reads and a dense layer shares, and that an ADD reads
// too where asked for. Tensor 1 is the table.
func tied(added bool) *tflite.ModelT {
	m := synthetic.New()
	ids := m.Typed(tflite.TensorTypeINT32, 4)
	m.Last().Inputs = append(m.Last().Inputs, ids)
	table := m.Random(rows, columns)
	x, y := m.Tensor(4, columns), m.Tensor(4, rows)
	m.Op(tflite.BuiltinOperatorGATHER, []int32{table, ids}, x)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, table, -1}, y)
	m.Output(y, x)
	if added {
		z := m.Tensor(rows, columns)
		m.Op(tflite.BuiltinOperatorADD, []int32{m.Input(rows, columns), table}, z)
		m.Output(z)
	}
	m.SignatureDefs = []*tflite.SignatureDefT{{SignatureKey: "run", Outputs: []*tflite.TensorMapT{{Name: "x", TensorIndex: uint32(x)}}}}
	return &m.ModelT
}

func mustPlan(t *testing.T, m *tflite.ModelT, o mlir.Options) *plan.Plan {
	t.Helper()
	p, err := quantize.NewPlan(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Uses that want different formats get a tensor each, and one that wants float32 keeps
// the model's.
func TestUsesThatDifferGetCopies(t *testing.T) {
	for _, c := range []struct {
		added   bool
		options mlir.Options
		own     encode.Format // of the model's tensor
		copies  []encode.Format
	}{
		{false, mlir.Options{}, encode.Int8Widened{}, []encode.Format{encode.Int8Reciprocal{}}},
		{true, mlir.Options{}, nil, []encode.Format{encode.Int8Widened{}, encode.Int8Reciprocal{}}},
		{false, mlir.Options{PerTensor: true}, encode.Int8Widened{}, nil},
		{false, mlir.Options{Variant: mlir.Converter}, encode.Int8Divided{Scope: encode.PerTensor}, []encode.Format{encode.Int8Divided{Scope: encode.PerChannel}}},
		{true, mlir.Options{Float16: true}, encode.Float16{}, nil},
		{false, mlir.Options{MinElements: rows*columns + 1}, nil, nil},
		{false, mlir.Options{MinElements: rows * columns}, encode.Int8Widened{}, []encode.Format{encode.Int8Reciprocal{}}},
		{false, mlir.Options{Rules: []rule.Rule{{Operator: "GATHER", Format: rule.Keep}}}, nil, nil},
		{false, mlir.Options{MinElements: rows*columns + 1, Rules: []rule.Rule{{Tensor: "t1", Format: "int8"}}}, encode.Int8Widened{}, []encode.Format{encode.Int8Reciprocal{}}},
		{false, mlir.Options{Rules: []rule.Rule{{Tensor: "t1", Format: "float16"}}}, encode.Float16{}, nil},
	} {
		p := mustPlan(t, tied(c.added), c.options)
		s := &p.Subgraphs[0]
		var copies []encode.Format
		for _, copied := range s.Copies {
			copies = append(copies, copied.Format)
		}
		if s.Tensors[1].Format != c.own || !slices.Equal(copies, c.copies) {
			t.Errorf("%+v, added %v: %v and copies %v, want %v and %v", c.options, c.added, s.Tensors[1].Format, copies, c.own, c.copies)
		}
	}
}

// A lookup of few rows gives int8, its output stays float32, also to signatures, and
// what reads the table another way reads its copy.
func TestLookupsPassInt8On(t *testing.T) {
	for _, added := range []bool{false, true} {
		source := tied(added)
		file, err := quantize.Bytes(source, mlir.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := tflite.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		sg := m.Subgraphs[0]
		var gather, dense *tflite.OperatorT
		for _, op := range sg.Operators {
			switch tflite.BuiltinCode(m.OperatorCodes[op.OpcodeIndex]) {
			case tflite.BuiltinOperatorGATHER:
				gather = op
			case tflite.BuiltinOperatorFULLY_CONNECTED:
				dense = op
			}
		}
		table, looked := sg.Tensors[gather.Inputs[0]], sg.Tensors[gather.Outputs[0]]
		if table.Type != tflite.TensorTypeINT8 || looked.Type != tflite.TensorTypeINT8 || looked.Quantization.Scale[0] != table.Quantization.Scale[0] {
			t.Errorf("the lookup reads %v and gives %v", table.Type, looked.Type)
		}
		if w := sg.Tensors[dense.Inputs[1]]; w.Type != tflite.TensorTypeINT8 || len(w.Quantization.Scale) != rows {
			t.Errorf("the dense layer reads %v with %d scales", w.Type, len(w.Quantization.Scale))
		}
		if in := sg.Tensors[dense.Inputs[0]]; in.Type != tflite.TensorTypeFLOAT32 {
			t.Errorf("the dense layer's input is %v", in.Type)
		}
		named := m.SignatureDefs[0].Outputs[0].TensorIndex
		if int32(named) != sg.Outputs[1] || sg.Tensors[named].Type != tflite.TensorTypeFLOAT32 {
			t.Errorf("the signature names tensor %d, the subgraph's output is %d", named, sg.Outputs[1])
		}
		if v := m.OperatorCodes[dense.OpcodeIndex].Version; v != 12 {
			t.Errorf("FULLY_CONNECTED has version %d, want 12", v)
		}
		if added && sg.Tensors[1].Type != tflite.TensorTypeFLOAT32 {
			t.Errorf("what an ADD reads is %v", sg.Tensors[1].Type)
		}
		if !dense.BuiltinOptions.Value.(*tflite.FullyConnectedOptionsT).AsymmetricQuantizeInputs {
			t.Error("the dense layer's inputs are not quantized asymmetrically")
		}
	}
}

// A report counts copies, says what they are for, and where they come from.
func TestReportsNameCopies(t *testing.T) {
	p := mustPlan(t, tied(true), mlir.Options{})
	r := report.OfPlan("m", p)
	const want = "kept: some readers need it as it is; a copy as int8 per tensor: weights of GATHER 0; a copy as int8 per channel: weights of FULLY_CONNECTED 1"
	if got := r.Subgraphs[0].Tensors[1].Why; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if r.Quantized != 2 || len(r.CopiedConstants) != 2 {
		t.Errorf("%d tensors quantized, %d constants copied, want 2 of each", r.Quantized, len(r.CopiedConstants))
	}
}

// With repairs, values that are no numbers keep a constant as it is, small or large.
func TestRepairsByValue(t *testing.T) {
	nan := []float32{1, 2, float32(0), 3}
	for _, shape := range [][]int32{{4, 4}, {rows, columns}} {
		m := synthetic.New()
		x, y := m.Input(1, shape[1]), m.Tensor(1, shape[0])
		nan[2] /= nan[2]
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, m.Weights(shape, nan...), -1}, y)
		m.Output(y)
		for _, repairs := range []repair.Set{0, repair.Every()} {
			p, err := quantize.NewCheckedPlan(t.Context(), &m.ModelT, mlir.Options{MinElements: 1, Repairs: repairs})
			if err != nil {
				t.Fatal(err)
			}
			if kept := p.Subgraphs[0].Tensors[2].Format == nil; kept != (repairs != 0) {
				t.Errorf("%v, repairs %v: kept is %v", shape, repairs.Names(), kept)
			}
		}
	}
}

func TestOptionsThatAreWrong(t *testing.T) {
	for _, o := range []mlir.Options{
		{Variant: 7},
		{CustomOps: map[string]mlir.CustomOp{"A": {Inputs: []int32{-1}}}},
		{Rules: []rule.Rule{{Tensor: "a", Format: "int4"}}},
	} {
		if _, err := quantize.NewPlan(tied(false), o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}
