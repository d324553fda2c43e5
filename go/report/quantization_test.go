package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// integers has a QUANTIZE, an ADD of integers and a DEQUANTIZE.
func integers() *tflite.ModelT {
	scaled := &tflite.QuantizationParametersT{Scale: []float32{0.5}, ZeroPoint: []int64{3}}
	tensor := func(t tflite.TensorType, buffer uint32) *tflite.TensorT {
		out := &tflite.TensorT{Type: t, Shape: []int32{4}, Buffer: buffer}
		if t == tflite.TensorTypeINT8 {
			out.Quantization = scaled
		}
		return out
	}
	float, int8 := tflite.TensorTypeFLOAT32, tflite.TensorTypeINT8
	op := func(code uint32, output int32, inputs ...int32) *tflite.OperatorT {
		return &tflite.OperatorT{OpcodeIndex: code, Inputs: inputs, Outputs: []int32{output}}
	}
	code := func(b tflite.BuiltinOperator) *tflite.OperatorCodeT {
		return &tflite.OperatorCodeT{BuiltinCode: b, Version: 1}
	}
	return &tflite.ModelT{
		OperatorCodes: []*tflite.OperatorCodeT{code(tflite.BuiltinOperatorQUANTIZE), code(tflite.BuiltinOperatorADD), code(tflite.BuiltinOperatorDEQUANTIZE)},
		Buffers:       []*tflite.BufferT{{}, {Data: []byte{1, 2, 3, 4}}},
		Subgraphs: []*tflite.SubGraphT{{
			Tensors:   []*tflite.TensorT{tensor(float, 0), tensor(int8, 0), tensor(int8, 1), tensor(int8, 0), tensor(float, 0)},
			Inputs:    []int32{0},
			Outputs:   []int32{4},
			Operators: []*tflite.OperatorT{op(0, 1, 0), op(1, 3, 1, 2), op(2, 4, 3)},
		}},
	}
}

func TestWhatIsQuantizedAlready(t *testing.T) {
	some := integers()
	some.OperatorCodes = append(some.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorRELU, Version: 1})
	some.Subgraphs[0].Operators = append(some.Subgraphs[0].Operators, &tflite.OperatorT{OpcodeIndex: 3, Inputs: []int32{4}, Outputs: []int32{0}})
	for _, c := range []struct {
		m           *tflite.ModelT
		kind, words string
		computes    map[string]string
	}{
		{integers(), "integers", "weights and values are integers: 4 B of INT8 per tensor", map[string]string{
			"QUANTIZE": "between float32 and integers", "ADD": "integers", "DEQUANTIZE": "between float32 and integers",
		}},
		{some, "some integers", "some operators compute in integers, others in float32: 4 B of INT8 per tensor", map[string]string{
			"QUANTIZE": "between float32 and integers", "ADD": "integers", "DEQUANTIZE": "between float32 and integers", "RELU": "float32",
		}},
	} {
		q := quantizationOf(c.m)
		got := map[string]string{}
		for _, o := range q.Computes {
			got[o.Operator] = o.Computes
		}
		if d := cmp.Diff(c.computes, got); d != "" || q.Kind != c.kind || q.InWords() != c.words {
			t.Errorf("%q, %q: %s", q.Kind, q.InWords(), d)
		}
	}
}
