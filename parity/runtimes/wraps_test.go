package runtimes_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// A long operator has rows of any length.
type long struct {
	name string
	// build adds the operator and returns its weights; value gives those of a row.
	build func(m *synthetic.Model, row int32, value func(row, at int32) float32)
	// wrong are the runtimes that add its rows in 16 bits.
	wrong []string
}

const longRows = 3

// rowsOf adds weights that lie row by row.
func rowsOf(m *synthetic.Model, shape []int32, value func(row, at int32) float32) int32 {
	values := make([]float32, synthetic.Elements(shape))
	row := int32(len(values)) / shape[0]
	for i := range values {
		values[i] = value(int32(i)/row, int32(i)%row)
	}
	return m.Weights(shape, values...)
}

func variable(m *synthetic.Model, shape ...int32) int32 {
	t := m.Tensor(shape...)
	m.Last().Tensors[t].IsVariable = true
	return t
}

func longOperators() []long {
	builtin, everywhere := []string{runtimes.LiteRT}, []string{runtimes.LiteRT, runtimes.LiteRTXNNPACK}
	return []long{
		{"FULLY_CONNECTED", func(m *synthetic.Model, row int32, value func(row, at int32) float32) {
			y := m.Tensor(2, longRows)
			m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(2, row), rowsOf(m, []int32{longRows, row}, value), m.Random(longRows)}, y)
			m.Output(y)
		}, builtin},
		{"CONV_2D", func(m *synthetic.Model, row int32, value func(row, at int32) float32) {
			y := m.Tensor(1, 1, 2, longRows)
			// Other scales than the first channel's: see TestEqualScales.
			w := rowsOf(m, []int32{longRows, 1, 1, row}, func(r, at int32) float32 { return value(r, at) * float32(r+1) })
			m.Op(tflite.BuiltinOperatorCONV_2D, []int32{m.Input(1, 1, 2, row), w, m.Random(longRows)}, y)
			m.Output(y)
		}, builtin},
		{"BATCH_MATMUL", func(m *synthetic.Model, row int32, value func(row, at int32) float32) {
			y := m.Tensor(2, longRows)
			w := rowsOf(m, []int32{row, longRows}, func(at, r int32) float32 { return value(r, at) })
			m.Op(tflite.BuiltinOperatorBATCH_MATMUL, []int32{m.Input(2, row), w}, y)
			m.Output(y)
		}, builtin},
		{"BATCH_MATMUL of a transposed matrix", func(m *synthetic.Model, row int32, value func(row, at int32) float32) {
			y := m.Tensor(2, longRows)
			op := m.Op(tflite.BuiltinOperatorBATCH_MATMUL, []int32{m.Input(2, row), rowsOf(m, []int32{longRows, row}, value)}, y)
			op.BuiltinOptions.Value.(*tflite.BatchMatMulOptionsT).AdjY = true
			m.Output(y)
		}, builtin},
		{"SVDF", func(m *synthetic.Model, row int32, value func(row, at int32) float32) {
			y := m.Tensor(1, longRows)
			m.Op(tflite.BuiltinOperatorSVDF, []int32{m.Input(1, row), rowsOf(m, []int32{longRows, row}, value), m.Weights([]int32{longRows, 4}, 1), m.Random(longRows), variable(m, 1, longRows*4)}, y)
			m.Output(y)
		}, everywhere},
		{"RNN", func(m *synthetic.Model, row int32, value func(row, at int32) float32) {
			y := m.Tensor(1, longRows)
			m.Op(tflite.BuiltinOperatorRNN, []int32{m.Input(1, row), rowsOf(m, []int32{longRows, row}, value), m.Random(longRows, longRows), m.Random(longRows), variable(m, 1, longRows)}, y)
			m.Output(y)
		}, everywhere},
		{"UNIDIRECTIONAL_SEQUENCE_RNN", func(m *synthetic.Model, row int32, value func(row, at int32) float32) {
			y := m.Tensor(1, 2, longRows)
			m.Op(tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, []int32{m.Input(1, 2, row), rowsOf(m, []int32{longRows, row}, value), m.Random(longRows, longRows), m.Random(longRows), variable(m, 1, longRows)}, y)
			m.Output(y)
		}, everywhere},
	}
}

// first is a value for row 0 alone: others get small values whose sums are near 0.
func first(value func(at int32) float32) func(row, at int32) float32 {
	return func(row, at int32) float32 {
		if row > 0 {
			return float32(at%9 - 4)
		}
		return value(at)
	}
}

// Rows that the rule finds are those that LiteRT adds wrongly: at the borders of 16 bits,
// in whole steps, and in what is left of them.
func TestRowsThatWrapAround(t *testing.T) {
	all := runtimes.ForTest(t)
	borders := []string{"the largest sum of 16 bits", "one more"}
	const whole = 130 * 16
	// The lane of the first two of each 16 values gets 129*254 = 32766 and last.
	lane := func(last ...float32) func(at int32) float32 {
		return func(at int32) float32 {
			step, in := at/16, at%16
			switch {
			case in < 2 && step < 129:
				return 127
			case step == 129 && int(in) < len(last):
				return last[in]
			}
			return 0
		}
	}
	for _, c := range []struct {
		name     string
		row      int32
		value    func(at int32) float32
		wrapping int
	}{
		{borders[0], whole, lane(1), 0},
		{borders[1], whole, lane(1, 1), 1},
		{"the least sum of 16 bits", whole, func(at int32) float32 { return -lane(1, 1)(at) }, 0},
		{"one less", whole, func(at int32) float32 { return -lane(2, 1)(at) }, 1},
		{"one more, in a rest of 8", whole - 8, lane(2), 1},
		{"the largest, in a rest of 8", whole - 8, lane(1, 1), 0},
		{"one more, in a rest of 7", whole - 9, lane(2), 0},
		{"lanes that make up for each other", whole, func(at int32) float32 {
			if at%4 < 2 {
				return 127
			}
			return -127
		}, 0},
		{"positive values", 4096, func(at int32) float32 { return float32(127 - at%3) }, 1},
	} {
		for _, o := range longOperators() {
			if o.name != "FULLY_CONNECTED" && !slices.Contains(borders, c.name) {
				continue // one kernel adds the rows of all
			}
			t.Run(fmt.Sprintf("%s/%s", c.name, o.name), func(t *testing.T) {
				m := synthetic.New()
				o.build(m, c.row, first(c.value))
				trial := positiveInputs(t, all, m)
				p, err := quantize.NewPlan(&m.ModelT, quantize.Options{MinElements: 1})
				if err != nil {
					t.Fatal(err)
				}
				wraps, err := target.NewRowSums(p, target.Uses(p)).Wraps(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				found := 0
				for _, w := range wraps {
					found += w.Wrapping
				}
				if found != c.wrapping {
					t.Errorf("%d rows wrap around, want %d", found, c.wrapping)
				}
				want := everywhere(runtimes.Right)
				if c.wrapping > 0 {
					want = want.but(runtimes.Wrong, o.wrong...)
				}
				file, err := quantize.Apply(p)
				if err != nil {
					t.Fatal(err)
				}
				expect(t, all, trial, file, want)
				if c.wrapping > 0 {
					rightInLegacyScheme(t, all, trial, m)
				}
			})
		}
	}
}

// rightInLegacyScheme checks the remedy.
func rightInLegacyScheme(t *testing.T, all []runtimes.Runtime, trial runtimes.Trial, m *synthetic.Model) {
	t.Helper()
	o := quantize.Options{MinElements: 1, Scheme: quantize.Legacy}
	p, err := quantize.NewPlan(&m.ModelT, o)
	if err != nil {
		t.Fatal(err)
	}
	if wraps, err := target.NewRowSums(p, target.Uses(p)).Wraps(context.Background()); len(wraps) > 0 || err != nil {
		t.Errorf("rows wrap around in the legacy scheme: %v, %v", wraps, err)
	}
	file, err := quantize.Apply(p)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, all, trial, file, everywhere(runtimes.Right))
}

// positiveInputs are a trial with inputs like those after a ReLU, which have the zero
// point that is farthest from 0. Outputs are those of the float model.
func positiveInputs(t *testing.T, all []runtimes.Runtime, m *synthetic.Model) runtimes.Trial {
	t.Helper()
	trial := runtimes.Trial{Decibels: 20}
	sg := m.Subgraphs[0]
	for _, i := range sg.Inputs {
		values := make([]float32, synthetic.Elements(sg.Tensors[i].Shape))
		for k := range values {
			values[k] = float32(k*31%97) / 97
		}
		trial.Inputs = append(trial.Inputs, reference.Tensor{Name: sg.Tensors[i].Name, Type: reference.Float32, Shape: sg.Tensors[i].Shape, Data: synthetic.Floats(values...)})
	}
	trial.Want = compute(t, all, trial, write(t, &m.ModelT))
	return trial
}

// Weights per channel whose scales are all the same are taken for weights with one scale,
// and the outputs of CONV_2D are its bias.
func TestEqualScales(t *testing.T) {
	all := runtimes.ForTest(t)
	for _, c := range []struct {
		name   string
		op     tflite.BuiltinOperator
		shape  []int32
		scales []float32
		equal  bool
	}{
		{"two channels", tflite.BuiltinOperatorCONV_2D, []int32{2, 3, 3, 8}, []float32{1, 1}, true},
		{"many channels", tflite.BuiltinOperatorCONV_2D, []int32{24, 1, 1, 16}, []float32{.5}, true},
		{"the last one differs", tflite.BuiltinOperatorCONV_2D, []int32{3, 3, 3, 8}, []float32{1, 1, 1.001}, false},
		{"one channel", tflite.BuiltinOperatorCONV_2D, []int32{1, 3, 3, 8}, []float32{1}, false},
		{"depthwise", tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{1, 3, 3, 8}, []float32{1}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := synthetic.New()
			in, out := c.shape[3], c.shape[0]
			if c.op == tflite.BuiltinOperatorDEPTHWISE_CONV_2D {
				out = in
			}
			w := rowsOf(m, c.shape, func(row, at int32) float32 { return float32(at*5%31-15+at%2) * c.scales[int(row)%len(c.scales)] })
			y := m.Tensor(1, 4, 4, out)
			m.Op(c.op, []int32{m.Input(1, 4, 4, in), w, m.Random(out)}, y)
			m.Output(y)
			trial := positiveInputs(t, all, m)
			p, err := quantize.NewPlan(&m.ModelT, quantize.Options{MinElements: 1})
			if err != nil {
				t.Fatal(err)
			}
			found, err := target.EqualScales(context.Background(), p, target.Uses(p))
			if err != nil || (len(found) > 0) != c.equal {
				t.Errorf("found %v, %v, want %v", found, err, c.equal)
			}
			file, err := quantize.Apply(p)
			if err != nil {
				t.Fatal(err)
			}
			if got := equalInFile(read(t, file)); got != c.equal && c.op == tflite.BuiltinOperatorCONV_2D {
				t.Errorf("equal scales in the file: %v, want %v", got, c.equal)
			}
			want := everywhere(runtimes.Right)
			if c.equal {
				want = want.but(runtimes.Wrong, runtimes.C, runtimes.Old, runtimes.OldXNNPACK)
				rightInLegacyScheme(t, all, trial, m)
			}
			expect(t, all, trial, file, want)
		})
	}
}

// equalInFile reports whether the first weights of a model have several scales, all alike.
func equalInFile(m *tflite.ModelT) bool {
	for _, t := range m.Subgraphs[0].Tensors {
		if t.Type == tflite.TensorTypeINT8 {
			return len(t.Quantization.Scale) > 1 && slices.Min(t.Quantization.Scale) == slices.Max(t.Quantization.Scale)
		}
	}
	return false
}
