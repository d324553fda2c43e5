package runtimes_test

import (
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mixed"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// LiteRT computes files with int4 and int8 weights right, with and without XNNPACK.
func TestMixedFilesRun(t *testing.T) {
	file := mixedNetwork().Bytes()
	for name, b := range map[string]mixed.Bound{"budget": {Share: 0.24}, "error": {Error: 0.105}} {
		for _, recipe := range []string{"int4_searched", "int4_blocks32"} {
			made, err := quantize.Bytes(read(t, file), mixed.Options{Options: litert.RecipeNamed(recipe).Options(), Bound: b})
			if err != nil {
				t.Fatal(err)
			}
			types := map[tflite.TensorType]int{}
			for _, w := range read(t, made).Subgraphs[0].Tensors {
				types[w.Type]++
			}
			if types[tflite.TensorTypeINT4] == 0 || types[tflite.TensorTypeINT8] == 0 {
				t.Errorf("%s, %s: %v, want int4 and int8", name, recipe, types)
			}
			trial := runtimes.Trial{Decibels: 10}
			ran := 0
			for _, r := range runtimes.ForTest(t) {
				if !strings.HasPrefix(r.Name, "LiteRT") {
					continue
				}
				ran++
				if trial.Want, err = trial.Run(r, file); err != nil {
					t.Fatal(err)
				}
				if is, why := trial.Outcome(r, made); is != runtimes.Right {
					t.Errorf("%s, %s in %s: %s %s", name, recipe, r.Name, is, why)
				}
			}
			if ran < 2 {
				t.Errorf("%d runtimes ran", ran)
			}
		}
	}
}

// mixedNetwork is dense layers of several sizes, some of whose weights have outliers.
func mixedNetwork() *synthetic.Model {
	m := synthetic.New()
	x := m.Input(1, 64)
	for i := range int32(6) {
		w := m.Random(64, 64)
		data := m.Buffers[m.Last().Tensors[w].Buffer].Data
		for k := 0; k < len(data) && i%2 == 1; k += 4 * 64 {
			data[k+3] |= 1 // the first of a row is larger
		}
		y := m.Tensor(1, 64)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		x = y
	}
	m.Output(x)
	return m
}
