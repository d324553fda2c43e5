package runtimes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// Recipes of ours make small files of networks whose operators litert-quantizer leaves
// float32, and LiteRT computes them right, with and without XNNPACK.
func TestRecipesOfOursTakeAllOperators(t *testing.T) {
	for _, n := range append(synthetic.Nets(), lookups()...) {
		file := n.Model().Bytes()
		m := read(t, file)
		if !slices.ContainsFunc(m.OperatorCodes, isOther) {
			continue
		}
		for _, recipe := range []string{"int4_searched", "int4_blocks32"} {
			t.Run(n.Name+"/"+recipe, func(t *testing.T) {
				made, err := quantize.Bytes(m, litert.RecipeNamed(recipe).Options())
				if err != nil {
					t.Fatal(err)
				}
				floats := 0
				for _, sg := range read(t, made).Subgraphs {
					for _, w := range sg.Tensors {
						if w.Type == tflite.TensorTypeFLOAT32 {
							floats += len(read(t, made).Buffers[w.Buffer].Data)
						}
					}
				}
				if floats > len(file)/20 && n.Name != alsoAdded {
					t.Errorf("of %d bytes, %d of float32 constants are left", len(file), floats)
				}
				for _, r := range runtimes.ForTest(t) {
					if !strings.HasPrefix(r.Name, "LiteRT") {
						continue
					}
					trial := runtimes.Trial{Decibels: 6}
					if trial.Want, err = trial.Run(r, file); err != nil {
						t.Fatal(err)
					}
					if is, why := trial.Outcome(r, made); is != runtimes.Right {
						t.Errorf("%s: %s %s", r.Name, is, why)
					}
				}
			})
		}
	}
}

// isOther reports whether litert-quantizer has no configuration for an operator, and Quantize
// Weights has rules.
func isOther(c *tflite.OperatorCodeT) bool {
	switch tflite.BuiltinCode(c) {
	case tflite.BuiltinOperatorGATHER, tflite.BuiltinOperatorSVDF, tflite.BuiltinOperatorLSTM, tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM,
		tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, tflite.BuiltinOperatorRNN, tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN,
		tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN:
		return true
	}
	return false
}

// alsoAdded is the name of a network in which a table stays for an operator that takes
// float32 alone.
const alsoAdded = "looked up and added"

// lookups are tables of words that are read in several ways.
func lookups() []synthetic.Net {
	table := func(read func(m *synthetic.Model, table, words int32)) func() *synthetic.Model {
		return func() *synthetic.Model {
			m := synthetic.New()
			read(m, m.Random(200, 64), m.Constant(tflite.TensorTypeINT32, []int32{3}, []byte{7, 0, 0, 0, 0, 0, 0, 0, 199, 0, 0, 0}))
			return m
		}
	}
	gather := func(m *synthetic.Model, table, words int32) int32 {
		y := m.Tensor(3, 64)
		m.Op(tflite.BuiltinOperatorGATHER, []int32{table, words}, y)
		return y
	}
	dense := func(m *synthetic.Model, x, w int32) {
		y := m.Tensor(3, 200)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		m.Output(y)
	}
	return []synthetic.Net{
		{Name: "looked up, an output", Model: table(func(m *synthetic.Model, table, words int32) {
			y := gather(m, table, words)
			m.Output(y)
			dense(m, y, m.Random(200, 64))
		})},
		{Name: "looked up twice", Model: table(func(m *synthetic.Model, table, words int32) {
			dense(m, gather(m, table, words), m.Random(200, 64))
			dense(m, gather(m, table, words), m.Random(200, 64))
		})},
		{Name: "looked up and multiplied", Model: table(func(m *synthetic.Model, table, words int32) { dense(m, gather(m, table, words), table) })},
		{Name: alsoAdded, Model: table(func(m *synthetic.Model, table, words int32) {
			y := m.Tensor(200, 64)
			m.Op(tflite.BuiltinOperatorADD, []int32{table, m.Input(200, 64)}, y)
			m.Output(y)
			dense(m, gather(m, table, words), m.Random(200, 64))
		})},
	}
}
