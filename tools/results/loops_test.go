package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/tools/results/accuracy"
)

// loopDraws is how many variants of a model are rounded: in each, the largest weight of
// every output is larger by up to 2 % at random.
const loopDraws = 9

// The table of docs/better.md on recurrent layers: agreement with the float model in
// percent, mean ± standard deviation of the variants.
func TestTableOfLoops(t *testing.T) {
	if !*betterTables {
		t.Skip("takes minutes: asked for by -table")
	}
	for _, name := range []string{"spoken digits LSTM", "spoken digits GRU"} {
		task, err := accuracy.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, recipe := range []string{"dynamic_wi4_afp32", "int4_searched"} {
			fmt.Printf("| %s | `%s` |%s\n", name, recipe, loopRow(t, task, recipe))
		}
	}
}

func loopRow(t *testing.T, task accuracy.Task, recipe string) string {
	t.Helper()
	runner := interpreter.LiteRT.NewRunner(interpreter.NoDelegate)
	t.Cleanup(func() { runner.Close() })
	dir := t.TempDir()
	path, err := task.Model(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	measure := func(file []byte) accuracy.Score {
		path := filepath.Join(dir, "file.tflite")
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		score, err := task.Measure(t.Context(), runner, path)
		if err != nil {
			t.Fatal(err)
		}
		return score
	}
	ways := []func(m *tflite.ModelT) []byte{
		func(m *tflite.ModelT) []byte { return rounded(t, m, recipe, encode.Nearest) },
		func(m *tflite.ModelT) []byte { return roundedInLoops(t, m, recipe, func(int32) bool { return true }) },
		func(m *tflite.ModelT) []byte {
			return roundedInLoops(t, m, recipe, func(columns int32) bool { return columns == coefficients })
		},
		func(m *tflite.ModelT) []byte {
			return roundedInLoops(t, m, recipe, func(columns int32) bool { return columns != coefficients })
		},
		func(m *tflite.ModelT) []byte { return rounded(t, m, recipe, encode.PreservedSums) },
	}
	percents := make([][]float64, len(ways))
	for draw := range uint64(loopDraws) {
		m := mustRead(t, file)
		vary(m, draw)
		float, err := tflite.Write(m)
		if err != nil {
			t.Fatal(err)
		}
		want := measure(float)
		for i, way := range ways {
			percents[i] = append(percents[i], 100*measure(way(mustRead(t, float))).Against(want).Agreement)
		}
	}
	row := ""
	for _, p := range percents {
		mean, variance := 0.0, 0.0
		for _, v := range p {
			mean += v / loopDraws
		}
		for _, v := range p {
			variance += (v - mean) * (v - mean) / (loopDraws - 1)
		}
		row += fmt.Sprintf(" %.2f ± %.2f |", mean, math.Sqrt(variance))
	}
	return row
}

func mustRead(t *testing.T, file []byte) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func rounded(t *testing.T, m *tflite.ModelT, recipe string, r encode.Rounding) []byte {
	t.Helper()
	o := litert.RecipeNamed(recipe).Options()
	o.Rounding = r
	file, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// coefficients is how many inputs the recurrent layers have beside their states.
const coefficients = 13

// roundedInLoops preserves sums in the bodies of loops too, which it hides for that: of
// weights with such numbers of columns. Others are rounded as they are.
func roundedInLoops(t *testing.T, m *tflite.ModelT, recipe string, columns func(int32) bool) []byte {
	t.Helper()
	plain := mustRead(t, rounded(t, m, recipe, encode.PreservedSums))
	hidden := map[[2]int]*tflite.BuiltinOptionsT{}
	for i, sg := range m.Subgraphs {
		for k, op := range sg.Operators {
			if op.BuiltinOptions != nil && op.BuiltinOptions.Type == tflite.BuiltinOptionsWhileOptions {
				hidden[[2]int{i, k}], op.BuiltinOptions = op.BuiltinOptions, nil
			}
		}
	}
	made := mustRead(t, rounded(t, m, recipe, encode.PreservedSums))
	for at, options := range hidden {
		made.Subgraphs[at[0]].Operators[at[1]].BuiltinOptions = options
	}
	for i, sg := range made.Subgraphs {
		for k, w := range sg.Tensors {
			if w.Type == tflite.TensorTypeINT4 && !columns(w.Shape[1]) {
				made.Buffers[w.Buffer].Data = plain.Buffers[plain.Subgraphs[i].Tensors[k].Buffer].Data
			}
		}
	}
	file, err := tflite.Write(made)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// vary enlarges the largest weight of each output of FULLY_CONNECTED.
func vary(m *tflite.ModelT, draw uint64) {
	r := rand.New(rand.NewPCG(draw, 9))
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			if tflite.BuiltinCode(m.OperatorCodes[op.OpcodeIndex]) != tflite.BuiltinOperatorFULLY_CONNECTED {
				continue
			}
			w := sg.Tensors[op.Inputs[1]]
			data := append([]byte(nil), m.Buffers[w.Buffer].Data...)
			values, run := encode.Floats(data), int(w.Shape[1])
			for from := 0; from < len(values); from += run {
				largest := from
				for i := from; i < from+run; i++ {
					if math.Abs(float64(values[i])) > math.Abs(float64(values[largest])) {
						largest = i
					}
				}
				binary.LittleEndian.PutUint32(data[4*largest:], math.Float32bits(values[largest]*float32(1+0.02*r.Float64())))
			}
			m.Buffers[w.Buffer].Data = data
		}
	}
}
