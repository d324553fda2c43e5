package units_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

func upstream(t testing.TB) *reference.Quantizer {
	q := &reference.Quantizer{Timeout: time.Minute}
	t.Cleanup(func() { q.Close() })
	return q
}

// modes are the options that whole models are quantized with.
var modes = map[string]mlir.Options{
	"defaults":    {},
	"minimum 1":   {MinElements: 1},
	"per tensor":  {PerTensor: true},
	"denylist":    {OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED}},
	"weight only": {WeightOnly: true},
	"float16":     {Float16: true},
}

// Networks with an operator of several weights, to which upstream has no answer where
// the operator must not read int8.
var several = map[string]bool{"LSTM over a sequence": true, "LSTM, one step": true, "RNN over a sequence": true, "SVDF": true}

// Every unit of the synthetic networks is upstream's.
func TestNets(t *testing.T) {
	q := upstream(t)
	for _, n := range synthetic.Nets() {
		file := n.Model().Bytes()
		for name, o := range modes {
			if o.WeightOnly && several[n.Name] {
				continue
			}
			t.Run(n.Name+"/"+name, func(t *testing.T) { compare(t, q, file, o, units.NotImported(n.Name)) })
		}
	}
}

// Every unit of real models is upstream's, which makes a file of all of them.
func TestRealModels(t *testing.T) {
	q := upstream(t)
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		file, err := os.ReadFile(m.Path)
		if err != nil {
			t.Fatal(err)
		}
		for name, o := range modes {
			t.Run(m.Name+"/"+name, func(t *testing.T) { compare(t, q, file, o, "") })
		}
	}
}

// compare compares all units. refusal is what upstream says instead of making a file,
// "" where it makes one.
func compare(t *testing.T, q *reference.Quantizer, file []byte, o mlir.Options, refusal string) {
	t.Helper()
	r, err := units.Quantize(q, file, o)
	switch {
	case refusal != "":
		if !errors.Is(err, units.ErrUpstream) || !strings.Contains(err.Error(), refusal) {
			t.Errorf("%v, want that upstream says %s", err, refusal)
		}
	case err != nil:
		t.Error(err)
	case !r.Good():
		t.Errorf("%.3000s", r.String())
	default:
		t.Logf("%d units are equal", r.Equal)
	}
}

// Every change of a unit is found.
func TestChangesOfUnitsAreFound(t *testing.T) {
	source := synthetic.Sample()
	o := mlir.Options{MinElements: 1, WeightOnly: false, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D}}
	read := func() *tflite.ModelT {
		file, err := quantize.Bytes(source, o)
		if err != nil {
			t.Fatal(err)
		}
		m, err := tflite.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if r := units.Compare(source, read(), read()); !r.Good() || r.Equal < 3 {
		t.Fatalf("a file and itself: %v", &r)
	}
	operator := func(m *tflite.ModelT, code tflite.BuiltinOperator) *tflite.OperatorT {
		for _, op := range m.Subgraphs[0].Operators {
			if tflite.BuiltinCode(m.OperatorCodes[op.OpcodeIndex]) == code {
				return op
			}
		}
		t.Fatalf("no %v", code)
		return nil
	}
	dense := func(m *tflite.ModelT) *tflite.OperatorT {
		return operator(m, tflite.BuiltinOperatorFULLY_CONNECTED)
	}
	weights := func(m *tflite.ModelT) *tflite.TensorT { return m.Subgraphs[0].Tensors[dense(m).Inputs[1]] }
	for name, change := range map[string]func(m *tflite.ModelT){
		"scale":      func(m *tflite.ModelT) { weights(m).Quantization.Scale[0] *= 2 },
		"zero point": func(m *tflite.ModelT) { weights(m).Quantization.ZeroPoint[0]++ },
		"dimension":  func(m *tflite.ModelT) { weights(m).Quantization.QuantizedDimension++ },
		"shape":      func(m *tflite.ModelT) { weights(m).Shape[0]++ },
		"value": func(m *tflite.ModelT) {
			data := append([]byte(nil), m.Buffers[weights(m).Buffer].Data...)
			data[0]++
			m.Buffers[weights(m).Buffer].Data = data
		},
		"type": func(m *tflite.ModelT) { weights(m).Type = tflite.TensorTypeFLOAT32 },
		"flag": func(m *tflite.ModelT) {
			dense(m).BuiltinOptions.Value.(*tflite.FullyConnectedOptionsT).AsymmetricQuantizeInputs = false
		},
		"version": func(m *tflite.ModelT) { m.OperatorCodes[dense(m).OpcodeIndex].Version++ },
		"route": func(m *tflite.ModelT) {
			conv := operator(m, tflite.BuiltinOperatorCONV_2D)
			conv.Inputs[1] = operator(m, tflite.BuiltinOperatorDEQUANTIZE).Inputs[0]
		},
		"input": func(m *tflite.ModelT) { in := dense(m).Inputs; in[1], in[2] = in[2], in[1] },
	} {
		changed := read()
		change(changed)
		for _, r := range []units.Result{units.Compare(source, read(), changed), units.Compare(source, changed, read())} {
			if r.Good() {
				t.Errorf("another %s is not found", name)
			}
		}
	}
}
