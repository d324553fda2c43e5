package parity

import (
	"bytes"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/restore"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A float32 model that is made of a quantized one computes what the runtime computes with
// the same codes and a DEQUANTIZE in front of each operator, bit by bit. The quantized
// models are those of TensorFlow's two quantizers and of LiteRT's recipes.
func TestRestoredModelsCompute(t *testing.T) {
	run, upstream := runner(t), quantizer(t)
	models := map[string][]byte{}
	for _, net := range synthetic.Nets() {
		if file := net.Model().Bytes(); len(file) < 3<<20 {
			models[net.Name] = file
		}
	}
	for _, c := range realModels(t) {
		file, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		if len(file) < 6<<20 {
			models[c.Name] = file
		}
	}
	compared := 0
	for name, file := range models {
		m := mustRead(t, file)
		r, err := compare.Quantize(upstream, file, quantize.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name                string
			hybrid, dequantized []byte
		}{
			{"Quantize Weights", r.Upstream, mustQuantize(t, m, quantize.Options{NoHybrid: true})},
			{"litert", mustQuantize(t, m, litert.RecipeNamed("dynamic_wi8_afp32").Options()), mustQuantize(t, m, litert.RecipeNamed("weight_only_wi8_afp32").Options())},
			{"litert, int4", mustQuantize(t, m, litert.RecipeNamed("weight_only_wi4_afp32").Options()), mustQuantize(t, m, litert.RecipeNamed("weight_only_wi4_afp32").Options())},
		} {
			want, err := run.Run(c.dequantized, 1)
			if err != nil {
				continue // an operator that the runtime lacks
			}
			got, err := run.Run(mustQuantize(t, mustRead(t, c.hybrid), restore.Options{}), 1)
			if err != nil {
				t.Errorf("%s of %s: %v", c.name, name, err)
				continue
			}
			compared++
			for i := range want {
				if !bytes.Equal(want[i].Data, got[i].Data) {
					t.Errorf("%s of %s: output %d differs", c.name, name, i)
				}
			}
		}
	}
	t.Logf("%d models compared", compared)
	if compared < 30 {
		t.Error("few models run")
	}
}

// Files of TensorFlow's MLIR quantizer, which rewrites the graph as well, are restored to
// models that are as near to the float model as the quantized file, or nearer.
func TestRestoredModelsOfMLIRCompute(t *testing.T) {
	run, upstream, restored := runner(t), quantizer(t), 0
	for _, net := range synthetic.Nets() {
		file := net.Model().Bytes()
		if len(file) > 3<<20 {
			continue
		}
		quantized, err := upstream.Quantize(file, reference.Options{MLIRQuantizer: true})
		if err != nil {
			continue // which it does not take
		}
		ours, err := quantize.Bytes(mustRead(t, quantized), restore.Options{})
		if err != nil {
			t.Errorf("%s: %v", net.Name, err)
			continue
		}
		want, err := run.Run(file, 1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := run.Run(ours, 1)
		if err != nil {
			t.Errorf("%s: %v", net.Name, err)
			continue
		}
		restored++
		theirs, err := run.Run(quantized, 1)
		if err != nil {
			continue // as their LSTM of one step
		}
		var e, before infer.Error
		infer.Add(&e, want, got)
		infer.Add(&before, want, theirs)
		if !(e.Decibels() > before.Decibels()-1) {
			t.Errorf("%s: signal to noise %s, of the quantized file %s", net.Name, &e, &before)
		}
	}
	t.Logf("%d models restored", restored)
	if restored < 6 {
		t.Error("few models are restored")
	}
}
