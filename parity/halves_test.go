package parity

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
)

// leastOfHalves is the least ratio of signal to noise, in dB, of int8 of a float16 model
// on random inputs.
const leastOfHalves = 10

// sourceQuantizers are those that the runtime of the C API runs.
func sourceQuantizers() map[string]quantize.Quantizer {
	all := repair.Every()
	weightOnly := litert.RecipeNamed("weight_only_wi8_afp32").Options()
	weightOnly.Repairs = all
	return map[string]quantize.Quantizer{
		"int8":        quantize.Options{Repairs: all},
		"float32 ops": quantize.Options{Repairs: all, NoHybrid: true},
		"mlir":        mlir.Options{Repairs: all},
		"weight-only": weightOnly,
	}
}

// Real models that are float16 become smaller, run, and compute about what they did.
func TestFloat16ModelsRun(t *testing.T) {
	run, models := runner(t), 0
	for _, c := range realModels(t) {
		file, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		m := mustRead(t, file)
		if !slices.ContainsFunc(m.Subgraphs[0].Tensors, func(t *tflite.TensorT) bool {
			return t.Type == tflite.TensorTypeFLOAT16 && t.Sparsity == nil && len(m.Buffers[t.Buffer].Data) > 0
		}) {
			continue
		}
		models++
		want, err := run.Run(file, 1)
		if err != nil {
			t.Logf("%s: the runtime does not run the model itself: %v", c.Name, err)
		}
		for name, q := range sourceQuantizers() {
			p, err := quantize.NewCheckedPlan(t.Context(), m, q)
			if err != nil || len(p.Encoded) < 10 {
				t.Fatalf("%s, %s: %v, or too few constants", c.Name, name, err)
			}
			if want == nil {
				continue
			}
			ours, err := quantize.Apply(p)
			if err != nil {
				t.Fatal(err)
			}
			got, err := run.Run(ours, 1)
			if err != nil {
				t.Errorf("%s, %s: %v", c.Name, name, err)
				continue
			}
			var e infer.Error
			infer.Add(&e, want, got)
			if !(e.Decibels() > leastOfHalves) {
				t.Errorf("%s, %s: signal to noise %s", c.Name, name, &e)
			}
			t.Logf("%s, %s: %d bytes become %d, signal to noise %s", c.Name, name, len(file), len(ours), &e)
		}
	}
	if models == 0 {
		t.Error("no model is float16")
	}
}

// What is made of a float16 model computes what is made of the float32 model with the
// same values.
func TestFloat16ModelsComputeAsFloat32Models(t *testing.T) {
	run, computed := runner(t), 0
	for _, net := range synthetic.Nets() {
		if len(net.Model().Bytes()) > 3<<20 {
			continue
		}
		half, wide := synthetic.Halves(&net.Model().ModelT)
		for name, q := range sourceQuantizers() {
			want, refused := run.Run(mustQuantize(t, wide, q), 1)
			got, err := run.Run(mustQuantize(t, half, q), 1)
			if (err == nil) != (refused == nil) {
				t.Errorf("%s, %s: %v, of the float32 model %v", net.Name, name, err, refused)
				continue
			}
			if refused == nil {
				computed++
			}
			for i := range want {
				if !bytes.Equal(want[i].Data, got[i].Data) {
					t.Errorf("%s, %s: output %d differs", net.Name, name, i)
				}
			}
		}
	}
	if computed < 30 {
		t.Errorf("%d files run", computed)
	}
}
