package runtimes_test

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

const signature = "serving_default"

// signed gives a model the signature of its inputs and outputs.
func signed(m *synthetic.Model) *synthetic.Model {
	s := &tflite.SignatureDefT{SignatureKey: signature}
	for _, t := range m.Last().Inputs {
		s.Inputs = append(s.Inputs, &tflite.TensorMapT{Name: "in" + m.Last().Tensors[t].Name, TensorIndex: uint32(t)})
	}
	for _, t := range m.Last().Outputs {
		s.Outputs = append(s.Outputs, &tflite.TensorMapT{Name: "out" + m.Last().Tensors[t].Name, TensorIndex: uint32(t)})
	}
	m.SignatureDefs = append(m.SignatureDefs, s)
	return m
}

// embedding is a model whose output a GATHER reads out of a table.
func embedding() *synthetic.Model {
	m := synthetic.New()
	x := m.Typed(tflite.TensorTypeINT32, 4)
	m.Last().Inputs = []int32{x}
	y := m.Tensor(4, 64)
	m.Op(tflite.BuiltinOperatorGATHER, []int32{m.Random(64, 64), x}, y)
	m.Output(y)
	return signed(m)
}

// shown is a model whose weights are an output too.
func shown() *synthetic.Model {
	m := synthetic.New()
	x := m.Input(1, 64)
	w := m.Random(64, 64)
	y := m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
	m.Output(y, w)
	return signed(m)
}

// Where a subgraph's output becomes int8, upstream has the subgraph return the DEQUANTIZE
// of it, and the signature still name the int8 tensor. A signature that names the new output
// is right.
func TestASignatureOfAnOutputThatIsDequantized(t *testing.T) {
	all := runtimes.ForTest(t)
	file := embedding().Bytes()
	trial := runtimes.Trial{Decibels: 30}
	trial.Want = compute(t, all, trial, file)
	got, err := quantizer(t).Quantize(file, reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, all, trial, got, everywhere(runtimes.Right))

	trial.Signature = signature
	all = all[1:] // the C runtime knows no signatures
	expect(t, all, trial, got, everywhere(runtimes.Wrong))
	expect(t, all, trial, renamed(t, got), everywhere(runtimes.Right))
}

// renamed has the signature name the outputs of the subgraph.
func renamed(t *testing.T, file []byte) []byte {
	t.Helper()
	m := read(t, file)
	for i, out := range m.SignatureDefs[0].Outputs {
		out.TensorIndex = uint32(m.Subgraphs[0].Outputs[i])
	}
	return write(t, m)
}

// Where weights are an output too, the outputs of upstream's files are wrong in one runtime or
// another, whatever the signature says: XNNPACK does not fill an output that is the
// DEQUANTIZE of a constant (TFLite 2.14 has no delegate in runs of a signature), and float16
// has no DEQUANTIZE before an output. Weights kept in float32 are right.
func TestWeightsThatAreOutputs(t *testing.T) {
	runtimes.ForTest(t)
	all := runtimes.All() // of its own: others would leave right weights in memory
	for _, r := range all {
		defer r.Close()
	}
	q := quantizer(t)
	file := shown().Bytes()
	trial := runtimes.Trial{Decibels: 30}
	trial.Want = compute(t, all, trial, file)
	bySignature := runtimes.Trial{Signature: signature, Decibels: 30}
	bySignature.Want = []reference.Tensor{trial.Want[1], trial.Want[0]} // by their names: t1, t2
	int8, err := q.Quantize(file, reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Whatever is in memory may be near to the weights by chance, but never right.
	expect(t, all, trial, int8, everywhere(runtimes.Right).but(runtimes.Wrong, runtimes.LiteRTXNNPACK).but(runtimes.Refused, runtimes.OldXNNPACK))
	expect(t, all[1:], bySignature, int8, everywhere(runtimes.Wrong))
	expect(t, all[1:], bySignature, renamed(t, int8), everywhere(runtimes.Right).but(runtimes.Wrong, runtimes.LiteRTXNNPACK))
	half, err := q.Quantize(file, reference.Options{Float16: true})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, all, trial, half, everywhere(runtimes.Wrong))
	expect(t, all[1:], bySignature, half, everywhere(runtimes.Wrong))

	for _, o := range []quantize.Options{{}, {BufferType: quantize.Float16}} {
		o.Rules = []rule.Rule{{Tensor: "t1", Format: rule.Keep}}
		kept, err := quantize.Bytes(read(t, file), o)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, all, trial, kept, everywhere(runtimes.Right))
		expect(t, all[1:], bySignature, kept, everywhere(runtimes.Right))
	}
}
