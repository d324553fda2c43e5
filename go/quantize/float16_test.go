package quantize_test

import (
	"bytes"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// manyQuantizers are one of each kind, with all repairs.
func manyQuantizers() map[string]quantize.Quantizer {
	all := repair.Every()
	out := map[string]quantize.Quantizer{
		"int8":             quantize.Options{Repairs: all},
		"every weight":     quantize.Options{Repairs: all, MinElements: 1},
		"legacy":           quantize.Options{Repairs: all, Scheme: quantize.Legacy},
		"no hybrid":        quantize.Options{Repairs: all, NoHybrid: true},
		"sum-preserving":   quantize.Options{Repairs: all, Rounding: quantize.PreservedSums},
		"mlir":             mlir.Options{Repairs: all},
		"converter":        mlir.Options{Repairs: all, Variant: mlir.Converter},
		"mlir weight-only": mlir.Options{Repairs: all, WeightOnly: true},
	}
	for _, name := range []string{"dynamic_wi8_afp32", "dynamic_wi4_afp32", "weight_only_wi8_afp32", "default_af32w8float", "dynamic_legacy_wi8_afp32", "int4_blocks32"} {
		o := litert.RecipeNamed(name).Options()
		o.Repairs = all
		out[name] = o
	}
	return out
}

// What is quantized of a float16 model has the bytes, the scales and the readers that it
// has of the model with the same values in float32.
func TestFloat16ModelsAreQuantizedAsFloat32Models(t *testing.T) {
	quantized := map[string]int{}
	for _, net := range smallNets() {
		half, wide := synthetic.Halves(&net.Model().ModelT)
		for name, q := range manyQuantizers() {
			quantized[name] += compareHalves(t, name+", "+net.Name, q, half, wide)
		}
	}
	for name := range manyQuantizers() {
		if quantized[name] < 15 {
			t.Errorf("%s: %d constants are quantized", name, quantized[name])
		}
	}
}

// smallNets are those that are quantized in an instant.
func smallNets() []synthetic.Net {
	return slices.DeleteFunc(synthetic.Nets(), func(n synthetic.Net) bool { return len(n.Model().Bytes()) > 3<<20 })
}

// compareHalves returns the number of constants that are integers in both files.
func compareHalves(t *testing.T, name string, q quantize.Quantizer, half, wide *tflite.ModelT) (quantized int) {
	t.Helper()
	h, w := mustQuantize(t, half, q), mustQuantize(t, wide, q)
	for i, sg := range w.Subgraphs {
		other := byName(h.Subgraphs[i])
		for _, want := range sg.Tensors {
			data := w.Buffers[want.Buffer].Data
			got := other[unnumbered(want.Name)]
			if got == nil {
				t.Errorf("%s: no tensor %q", name, want.Name)
				continue
			}
			if len(data) == 0 || want.Type == tflite.TensorTypeFLOAT32 && len(h.Buffers[got.Buffer].Data) == 0 {
				continue // what stays float16 is made float32 when the model runs
			}
			if want.Type != got.Type || !bytes.Equal(data, h.Buffers[got.Buffer].Data) {
				t.Errorf("%s, %q: %v, want %v, or other data", name, want.Name, got.Type, want.Type)
			}
			if d := cmp.Diff(want.Quantization, got.Quantization, cmpopts.IgnoreFields(tflite.BlockwiseQuantizationT{}, "Scales")); d != "" {
				t.Errorf("%s, %q: %s", name, want.Name, d)
			}
			if want.Type != tflite.TensorTypeFLOAT32 && want.Type != tflite.TensorTypeINT32 {
				quantized++
			}
		}
		if d := cmp.Diff(computed(w, i), computed(h, i)); d != "" {
			t.Errorf("%s: operators: %s", name, d)
		}
	}
	return quantized
}

var copyNumber = regexp.MustCompile(`_duplicated_\d+`)

// unnumbered is the name of a tensor without its index, which copies have in their names.
func unnumbered(name string) string { return copyNumber.ReplaceAllString(name, "_duplicated") }

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

func byName(sg *tflite.SubGraphT) map[string]*tflite.TensorT {
	out := map[string]*tflite.TensorT{}
	for _, t := range sg.Tensors {
		out[unnumbered(t.Name)] = t
	}
	return out
}

// computed are the operators with the names of what they read and write, but for a
// DEQUANTIZE of float16, and the types of what they read.
func computed(m *tflite.ModelT, subgraph int) [][]string {
	sg := m.Subgraphs[subgraph]
	var out [][]string
	for _, op := range sg.Operators {
		words := []string{tflite.OperatorName(m.OperatorCodes[op.OpcodeIndex])}
		for _, t := range slices.Concat(op.Inputs, op.Outputs) {
			if t >= 0 {
				words = append(words, unnumbered(sg.Tensors[t].Name)+" "+sg.Tensors[t].Type.String())
			}
		}
		if words[0] != "DEQUANTIZE" || sg.Tensors[op.Inputs[0]].Type != tflite.TensorTypeFLOAT16 {
			out = append(out, words)
		}
	}
	return out
}

// A float16 model becomes smaller, and what was made float32 of constants that are
// quantized is gone.
func TestFloat16ConstantsGiveUpTheirData(t *testing.T) {
	for _, net := range smallNets() {
		half, _ := synthetic.Halves(&net.Model().ModelT)
		before, err := tflite.Write(half)
		if err != nil {
			t.Fatal(err)
		}
		after, err := quantize.Bytes(half, quantize.Options{MinElements: 1, Repairs: repair.Every()})
		if err != nil {
			t.Fatal(err)
		}
		if len(after) > len(before)*9/10 {
			t.Errorf("%s: %d bytes become %d", net.Name, len(before), len(after))
		}
	}
}

// Without repairs, float16 constants stay, as in TensorFlow's file.
func TestWithoutRepairsFloat16Stays(t *testing.T) {
	for _, net := range smallNets() {
		half, _ := synthetic.Halves(&net.Model().ModelT)
		p, err := quantize.NewPlan(half, quantize.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Encoded) > 0 {
			t.Errorf("%s: %d constants are quantized", net.Name, len(p.Encoded))
		}
	}
}
