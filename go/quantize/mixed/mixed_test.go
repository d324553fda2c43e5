package mixed_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mixed"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func options(t *testing.T, recipe string, b mixed.Bound) mixed.Options {
	t.Helper()
	r := litert.RecipeNamed(recipe)
	if r == nil || !r.Mixes() {
		t.Fatalf("no recipe %s that mixes", recipe)
	}
	return mixed.Options{Options: r.Options(), Bound: b}
}

// layers is a model of dense layers with weights of other distributions, from such that 4
// bits hold exactly to such with heavy tails, and a depthwise one, which has no 4 bits.
func layers(seed uint64, n int) *synthetic.Model {
	m := synthetic.New()
	r := rand.New(rand.NewPCG(seed, 5))
	x := m.Input(1, 64)
	for range n {
		units, tail := int32(1+r.IntN(40)), r.IntN(6)
		var data []byte
		for range 64 * units {
			v := float64(r.IntN(15) - 7)
			if tail > 0 {
				v = math.Pow(r.NormFloat64(), float64(2*tail-1))
			}
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(v)))
		}
		y := m.Tensor(1, units)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, m.Constant(tflite.TensorTypeFLOAT32, []int32{units, 64}, data), -1}, y)
		m.Output(y)
	}
	image, y := m.Input(1, 8, 8, 4), m.Tensor(1, 8, 8, 4)
	m.Op(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{image, m.Random(1, 3, 3, 4), -1}, y)
	m.Output(y)
	return m
}

// made is the file and its model.
func made(t *testing.T, m *synthetic.Model, q quantize.Quantizer) ([]byte, *tflite.ModelT) {
	t.Helper()
	file, err := quantize.Bytes(&m.ModelT, q)
	if err != nil {
		t.Fatal(err)
	}
	read, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, read
}

// relative is the error of the weights of each dense layer of a file, by tensor: measured
// on the file, not on the plan.
func relative(m *synthetic.Model, file *tflite.ModelT) map[int32]float64 {
	out := map[int32]float64{}
	for _, op := range m.Last().Operators {
		w := op.Inputs[1]
		var l loss.Loss
		loss.Each(loss.ValuesOf(&m.ModelT, 0, int(w)), loss.ValuesOf(file, 0, int(w)), l.Add)
		out[w] = math.Sqrt(l.Noise / l.Signal)
	}
	return out
}

// As few constants as the budget allows have 4 bits: those whose error is the least for
// each byte saved.
func TestABudgetIsMetByTheConstantsThatLoseLeast(t *testing.T) {
	for seed := range uint64(20) {
		m := layers(seed, 12)
		small, four := made(t, m, options(t, "int4_searched", mixed.Bound{Share: 1e9}).Options)
		errors4 := relative(m, four)
		large, _ := made(t, m, options(t, "int4_searched", mixed.Bound{Share: 100}))
		if len(small) >= len(large) {
			t.Fatalf("4 bits have %d bytes, 8 have %d", len(small), len(large))
		}
		for budget := len(small); budget <= len(large)+16; budget += 1 + (len(large)-len(small))/9 {
			file, got := made(t, m, options(t, "int4_searched", mixed.Bound{Bytes: int64(budget)}))
			if len(file) > budget {
				t.Errorf("seed %d: %d bytes, the budget is %d", seed, len(file), budget)
			}
			cost := func(w int32) float64 {
				return errors4[w] * errors4[w] / float64(len(m.Buffers[m.Last().Tensors[w].Buffer].Data))
			}
			dearest, cheapest, last := 0.0, math.Inf(1), int32(-1) // of 4 bits, and of 8
			for _, op := range m.Last().Operators {
				w := op.Inputs[1]
				switch got.Subgraphs[0].Tensors[w].Type {
				case tflite.TensorTypeINT4:
					if dearest = max(dearest, cost(w)); dearest == cost(w) {
						last = w
					}
				default:
					if four.Subgraphs[0].Tensors[w].Type == tflite.TensorTypeINT4 {
						cheapest = min(cheapest, cost(w))
					}
				}
			}
			if dearest > cheapest {
				t.Errorf("seed %d, %d bytes: a constant of 4 bits costs %v, one of 8 %v", seed, budget, dearest, cheapest)
			}
			if last >= 0 {
				saved := synthetic.Elements(m.Last().Tensors[last].Shape) / 2
				if len(file)+saved+16 <= budget-16 {
					t.Errorf("seed %d: %d bytes, and the budget of %d has room for 8 bits more", seed, len(file), budget)
				}
			}
		}
		if file, _ := made(t, m, options(t, "int4_searched", mixed.Bound{Bytes: int64(len(small))})); !bytes.Equal(file, small) {
			t.Errorf("seed %d: the smallest budget does not give the recipe's own file", seed)
		}
		_, err := quantize.Bytes(&m.ModelT, options(t, "int4_searched", mixed.Bound{Bytes: int64(len(small) - 1)}))
		if !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("seed %d: a budget that is too small: %v", seed, err)
		}
	}
}

// A share is one of the model's own file.
func TestASharePercentOfTheModel(t *testing.T) {
	m := layers(3, 12)
	for _, share := range []float64{0.23, 0.25, 0.28} {
		want, _ := made(t, m, options(t, "int4_searched", mixed.Bound{Bytes: int64(share * float64(len(m.Bytes())))}))
		got, _ := made(t, m, options(t, "int4_searched", mixed.Bound{Share: share}))
		if !bytes.Equal(got, want) {
			t.Errorf("%v of %d bytes: %d bytes, want %d", share, len(m.Bytes()), len(got), len(want))
		}
	}
}

// Each constant has the fewest bits that are near enough, and is float32 where 8 are not.
func TestAnErrorBoundGivesTheFewestBits(t *testing.T) {
	counts := map[tflite.TensorType]int{}
	for seed := range uint64(20) {
		m := layers(seed, 12)
		r := options(t, "int4_searched", mixed.Bound{}).Options
		_, four := made(t, m, r)
		_, eight := made(t, m, options(t, "int4_searched", mixed.Bound{Share: 100}))
		errors4, errors8 := relative(m, four), relative(m, eight)
		for _, most := range []float64{0.2, 0.08, 0.012, 0.004} {
			_, got := made(t, m, options(t, "int4_searched", mixed.Bound{Error: most}))
			for w := range errors4 {
				want := four.Subgraphs[0].Tensors[w].Type
				if errors4[w] > most {
					want = tflite.TensorTypeINT8
					if errors8[w] > most {
						want = tflite.TensorTypeFLOAT32
					}
				}
				counts[want]++
				if typ := got.Subgraphs[0].Tensors[w].Type; typ != want {
					t.Errorf("seed %d, error %v: %v, want %v: 4 bits have %v and 8 %v", seed, most, typ, want, errors4[w], errors8[w])
				}
			}
		}
	}
	if len(counts) != 3 || counts[tflite.TensorTypeFLOAT32] < 20 {
		t.Errorf("%v: want many of each", counts)
	}
}

// The plan holds what was measured: the file's own errors.
func TestChoicesSayWhatWasMeasured(t *testing.T) {
	m := layers(1, 8)
	_, four := made(t, m, options(t, "int4_searched", mixed.Bound{}).Options)
	want := relative(m, four)
	p, err := quantize.NewPlan(&m.ModelT, options(t, "int4_searched", mixed.Bound{Share: 0.25}))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Choices) != 8 {
		t.Errorf("%d choices, want one for each layer that can have 4 bits", len(p.Choices))
	}
	ranks := []int{}
	for _, c := range p.Choices {
		ranks = append(ranks, c.Rank)
		if c.Of != 8 || len(c.Tried) != 1 || math.Abs(c.Tried[0].Error-want[c.Tensor]) > 1e-6 {
			t.Errorf("%+v: the file's error is %v", c, want[c.Tensor])
		}
		if f := p.Subgraphs[0].Tensors[c.Tensor].Format; (f.Type() == tflite.TensorTypeINT4) != (c.Bits == 4) {
			t.Errorf("%+v and format %v", c, f)
		}
	}
	if slices.Sort(ranks); ranks[0] != 1 || ranks[7] != 8 {
		t.Errorf("ranks %v", ranks)
	}
}

// Constants that share a buffer have one choice, and values that are no numbers get more
// bits.
func TestSharedAndBrokenConstants(t *testing.T) {
	m := layers(4, 3)
	x, w := m.Input(1, 64), m.Random(32, 64)
	for range 2 {
		y := m.Tensor(1, 32)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		m.Output(y)
	}
	broken, y := m.Random(32, 64), m.Tensor(1, 32)
	copy(m.Buffers[m.Last().Tensors[broken].Buffer].Data, []byte{0, 0, 0xc0, 0x7f})
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, broken, -1}, y)
	m.Output(y)
	_, all := made(t, m, options(t, "int4_searched", mixed.Bound{Error: 0.5}))
	if got := all.Subgraphs[0].Tensors[broken].Type; got != tflite.TensorTypeFLOAT32 {
		t.Errorf("weights with a NaN are %v", got)
	}
	if got := all.Subgraphs[0].Tensors[w].Type; got != tflite.TensorTypeINT4 {
		t.Errorf("shared weights are %v", got)
	}
	p, err := quantize.NewPlan(&m.ModelT, options(t, "int4_searched", mixed.Bound{Share: 0.25}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Choices {
		if c.Tensor == broken && c.Rank != c.Of {
			t.Errorf("%+v: want the last rank for weights with a NaN", c)
		}
	}
}

// Blocks are mixed with int8 per channel too.
func TestBlocksAreMixed(t *testing.T) {
	m := layers(6, 12)
	small, _ := made(t, m, options(t, "int4_blocks32", mixed.Bound{}).Options)
	large, _ := made(t, m, options(t, "int4_blocks32", mixed.Bound{Share: 100}))
	_, got := made(t, m, options(t, "int4_blocks32", mixed.Bound{Bytes: int64(len(small)+len(large)) / 2}))
	types := map[tflite.TensorType]int{}
	for _, op := range m.Last().Operators {
		types[got.Subgraphs[0].Tensors[op.Inputs[1]].Type]++
	}
	if types[tflite.TensorTypeINT4] == 0 || types[tflite.TensorTypeINT8] < 2 {
		t.Errorf("%v", types)
	}
}

func TestInvalidBounds(t *testing.T) {
	m := layers(1, 2)
	for _, b := range []mixed.Bound{{}, {Bytes: 1, Share: 1}, {Share: -1}, {Error: math.NaN()}, {Error: math.Inf(1)}, {Bytes: -5}} {
		if _, err := quantize.NewPlan(&m.ModelT, options(t, "int4_searched", b)); !errors.Is(err, plan.ErrOptions) {
			t.Errorf("%+v: %v", b, err)
		}
	}
}
