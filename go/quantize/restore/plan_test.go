package restore_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/restore"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func quantizers() map[string]quantize.Quantizer {
	out := map[string]quantize.Quantizer{
		"int8":             quantize.Options{MinElements: 1},
		"legacy":           quantize.Options{Scheme: quantize.Legacy},
		"no hybrid":        quantize.Options{NoHybrid: true},
		"float16":          quantize.Options{BufferType: quantize.Float16},
		"mlir":             mlir.Options{},
		"converter":        mlir.Options{Variant: mlir.Converter},
		"mlir weight-only": mlir.Options{WeightOnly: true},
	}
	for _, name := range []string{"dynamic_wi8_afp32", "dynamic_wi4_afp32", "dynamic_wi2c_afp32", "weight_only_wi8_afp32", "default_af32w8float", "default_af32w4float", "int4_blocks32"} {
		out[name] = litert.RecipeNamed(name).Options()
	}
	return out
}

func mustQuantize(t *testing.T, m *tflite.ModelT, q quantize.Quantizer) *tflite.ModelT {
	t.Helper()
	file, err := quantize.Bytes(m, q)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func smallNets() []synthetic.Net {
	var out []synthetic.Net
	for _, n := range synthetic.Nets() {
		if len(n.Model().Bytes()) < 3<<20 {
			out = append(out, n)
		}
	}
	return out
}

// Restored models have the operators and versions of the float model, no DEQUANTIZE and
// no other type of constants, and the values that a runtime's DEQUANTIZE gives.
func TestRestoredModelsAreFloatModels(t *testing.T) {
	for _, net := range smallNets() {
		float := &net.Model().ModelT
		for name, q := range quantizers() {
			quantized := mustQuantize(t, float, q)
			got := mustQuantize(t, quantized, restore.Options{})
			for i, sg := range got.Subgraphs {
				if len(sg.Operators) != len(float.Subgraphs[i].Operators) {
					t.Fatalf("%s, %s: %d operators, want %d", name, net.Name, len(sg.Operators), len(float.Subgraphs[i].Operators))
				}
				for k, op := range sg.Operators {
					code, want := got.OperatorCodes[op.OpcodeIndex], float.OperatorCodes[float.Subgraphs[i].Operators[k].OpcodeIndex]
					if tflite.OperatorName(code) != tflite.OperatorName(want) {
						t.Errorf("%s, %s: operator %d is %s, want %s", name, net.Name, k, tflite.OperatorName(code), tflite.OperatorName(want))
					}
					for input, x := range op.Inputs {
						if x >= 0 && sg.Tensors[x].Type != float.Subgraphs[i].Tensors[float.Subgraphs[i].Operators[k].Inputs[input]].Type {
							t.Errorf("%s, %s: input %d of operator %d is %v", name, net.Name, input, k, sg.Tensors[x].Type)
						}
					}
				}
			}
			compareValues(t, name+", "+net.Name, quantized, got)
		}
	}
}

// compareValues compares the constants with what their codes mean.
func compareValues(t *testing.T, name string, quantized, got *tflite.ModelT) {
	t.Helper()
	compared := 0
	for i, sg := range quantized.Subgraphs {
		float := map[string][]byte{}
		for _, tensor := range got.Subgraphs[i].Tensors {
			if data := got.Buffers[tensor.Buffer].Data; tensor.Type == tflite.TensorTypeFLOAT32 && len(data) > 0 {
				float[tensor.Name] = data
			}
		}
		for k, tensor := range sg.Tensors {
			q := tensor.Quantization
			codes := quantized.Buffers[tensor.Buffer].Data
			if tensor.Type != tflite.TensorTypeINT8 && tensor.Type != tflite.TensorTypeINT4 && tensor.Type != tflite.TensorTypeINT2 || len(codes) == 0 {
				continue
			}
			values := float[tensor.Name]
			if out := dequantizedBy(quantized, i, int32(k)); values == nil && out >= 0 {
				values = float[sg.Tensors[out].Name]
			}
			source := encode.Source{Type: tensor.Type, Data: codes}
			integers := encode.Floats(source.Widen(nil, codes))[:synthetic.Elements(tensor.Shape)]
			if len(values) != 4*len(integers) {
				t.Errorf("%s, %q: %d bytes of float32, want %d values", name, tensor.Name, len(values), len(integers))
				continue
			}
			compared++
			for n, v := range encode.Floats(values) {
				scale, zero := scaleAt(quantized, sg, tensor, n)
				if want := scale * (integers[n] - zero); want != v {
					t.Fatalf("%s, %q: value %d is %v, want %v of %+v", name, tensor.Name, n, v, want, q)
				}
			}
		}
	}
	if compared == 0 && !strings.HasPrefix(name, "float16") {
		t.Logf("%s: nothing to compare", name)
	}
}

// dequantizedBy is the output of the DEQUANTIZE that reads a tensor, -1 for none.
func dequantizedBy(m *tflite.ModelT, subgraph int, t int32) int32 {
	for _, op := range m.Subgraphs[subgraph].Operators {
		if tflite.OperatorName(m.OperatorCodes[op.OpcodeIndex]) == "DEQUANTIZE" && op.Inputs[0] == t {
			return op.Outputs[0]
		}
	}
	return -1
}

// scaleAt is the scale and the zero point of a value.
func scaleAt(m *tflite.ModelT, sg *tflite.SubGraphT, t *tflite.TensorT, n int) (scale, zero float32) {
	q := t.Quantization
	if q.Details != nil {
		b := q.Details.Value.(*tflite.BlockwiseQuantizationT)
		data := m.Buffers[sg.Tensors[b.Scales].Buffer].Data
		return encode.Floats(encode.Source{Type: tflite.TensorTypeFLOAT16, Data: data}.Widen(nil, data))[n/int(b.BlockSize)], 0
	}
	channel := 0
	if len(q.Scale) > 1 {
		run := synthetic.Elements(t.Shape[q.QuantizedDimension+1:])
		channel = n / run % len(q.Scale)
	}
	return q.Scale[channel], float32(q.ZeroPoint[channel])
}

// The same quantizer makes the same codes of a restored model, with scales that differ by
// rounding.
func TestRestoredModelsAreQuantizedAsBefore(t *testing.T) {
	for _, net := range smallNets() {
		float := &net.Model().ModelT
		for name, q := range quantizers() {
			if name == "dynamic_wi2c_afp32" || strings.HasPrefix(name, "default") {
				continue // the lowest code is farther from 0 than the others, and what has it is where the range ends
			}
			before := mustQuantize(t, float, q)
			after := mustQuantize(t, mustQuantize(t, before, restore.Options{}), q)
			for i, sg := range before.Subgraphs {
				byName := map[string]*tflite.TensorT{}
				for _, tensor := range after.Subgraphs[i].Tensors {
					if len(after.Buffers[tensor.Buffer].Data) > 0 {
						byName[tensor.Name] = tensor
					}
				}
				for k, tensor := range sg.Tensors {
					if tensor.Type != tflite.TensorTypeINT8 && tensor.Type != tflite.TensorTypeINT4 || len(before.Buffers[tensor.Buffer].Data) == 0 {
						continue
					}
					again := byName[tensor.Name]
					if out := dequantizedBy(before, i, int32(k)); again == nil && out >= 0 {
						again = byName[sg.Tensors[out].Name]
					}
					if again == nil || !bytes.Equal(before.Buffers[tensor.Buffer].Data, after.Buffers[again.Buffer].Data) {
						t.Errorf("%s, %s: %q has other codes, or none", name, net.Name, tensor.Name)
						continue
					}
					for c, scale := range again.Quantization.Scale {
						if was := tensor.Quantization.Scale[c]; math.Abs(float64(scale-was)) > 1e-6*float64(was) {
							t.Errorf("%s, %s: %q: scale %v, was %v", name, net.Name, tensor.Name, scale, was)
						}
					}
				}
			}
		}
	}
}

// Versions are what float32 needs, and options no longer ask for zero points.
func TestVersionsAndOptionsAreThoseOfFloat32(t *testing.T) {
	m := synthetic.New()
	x, w, b := m.Input(1, 64), m.Random(64, 64), m.Random(64)
	y := m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, b}, y)
	m.Output(y)
	quantized := mustQuantize(t, &m.ModelT, quantize.Options{})
	options := func(m *tflite.ModelT) *tflite.FullyConnectedOptionsT {
		return m.Subgraphs[0].Operators[0].BuiltinOptions.Value.(*tflite.FullyConnectedOptionsT)
	}
	if v := quantized.OperatorCodes[0].Version; v != 9 || !options(quantized).AsymmetricQuantizeInputs {
		t.Fatalf("quantized: version %d", v)
	}
	got := mustQuantize(t, quantized, restore.Options{})
	if v := got.OperatorCodes[0].Version; v != 1 || options(got).AsymmetricQuantizeInputs {
		t.Errorf("restored: version %d, %+v", v, options(got))
	}
}

// What cannot become float32 is refused, and the error names it.
func TestModelsThatComputeWithIntegersAreRefused(t *testing.T) {
	whole := func(m *synthetic.Model) *tflite.ModelT {
		w := m.Constant(tflite.TensorTypeINT8, []int32{4, 4}, make([]byte, 16))
		m.Last().Tensors[w].Quantization = &tflite.QuantizationParametersT{Scale: []float32{0.5}, ZeroPoint: []int64{0}}
		x, y := m.Typed(tflite.TensorTypeINT8, 1, 4), m.Typed(tflite.TensorTypeINT8, 1, 4)
		m.Last().Inputs = append(m.Last().Inputs, x)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		m.Output(y)
		return &m.ModelT
	}
	custom := func(m *synthetic.Model) *tflite.ModelT {
		w := m.Constant(tflite.TensorTypeINT8, []int32{4, 4}, make([]byte, 16))
		m.Last().Tensors[w].Quantization = &tflite.QuantizationParametersT{Scale: []float32{0.5}, ZeroPoint: []int64{0}}
		y := m.Tensor(1, 4)
		m.Custom("Mine", []int32{m.Input(1, 4), w}, y)
		m.Output(y)
		return &m.ModelT
	}
	output := func(m *synthetic.Model) *tflite.ModelT {
		whole(m)
		m.Last().Outputs = []int32{0}
		return &m.ModelT
	}
	scales := func(m *synthetic.Model) *tflite.ModelT {
		custom(m)
		m.Last().Tensors[0].Quantization.Scale = []float32{1, 2, 3}
		m.Last().Tensors[0].Quantization.ZeroPoint = nil
		return &m.ModelT
	}
	for want, build := range map[string]func(*synthetic.Model) *tflite.ModelT{
		"operator 0 (FULLY_CONNECTED), input 1": whole,
		"what CUSTOM reads":                     custom,
		"output of the subgraph":                output,
		"it has 3 scales in dimension 0":        scales,
	} {
		_, err := quantize.NewPlan(build(synthetic.New()), restore.Options{})
		if !errors.Is(err, quantize.ErrModel) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
