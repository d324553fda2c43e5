package parity

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/restore"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

var betterTables = flag.Bool("table", false, "print the tables of docs/better.md on how near outputs are to the float model's (half an hour)")

// The codes of one file are one draw of rounding errors, so each way rounds several
// variants of a model: in each, the largest weight of every output is larger by up to so
// much at random, and with that all scales and codes are others.
const (
	draws      = 5
	drawSpread = 0.02
	tests      = 4 // inputs
	// of slow models
	slowDraws = 3
	slowTests = 2
)

var slow = []string{"nmp", "hand_landmark_full", "pose_detection", "birdnet"}

// Sums that are preserved bring the outputs of a model nearer to the float model's, and
// searched scales go with them.
func TestPreservedSumsBringOutputsNearer(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a model")
	}
	run := runner(t)
	m := restoredModel(t, "nmp")
	for _, c := range []struct {
		a, b string
		gain float64
	}{{"nearest", "sums", 8}, {"nearest", "searched, sums", 8}} {
		got := measureWays(t, run, m, []roundingWay{wayNamed(c.a, 4), wayNamed(c.b, 4)}, 1, 1)
		if gain := mean(got[1]) - mean(got[0]); gain < c.gain {
			t.Errorf("%s is %.1f dB better than %s, want %v at least", c.b, gain, c.a, c.gain)
		}
	}
}

// The tables of docs/better.md.
func TestTablesOfWaysToRound(t *testing.T) {
	if !*betterTables {
		t.Skip("takes half an hour: asked for by -table")
	}
	for _, table := range waysByTable {
		t.Run(table.title, func(t *testing.T) { printTable(t, table.title, table.ways) })
	}
}

func printTable(t *testing.T, title string, ways []roundingWay) {
	var names []string
	for _, w := range ways {
		names = append(names, w.name)
	}
	fmt.Printf("\n%s\n\n| model | %s |\n| --- |%s\n", title, strings.Join(names, " | "), strings.Repeat(" --- |", len(names)))
	run := runner(t)
	for _, c := range realModels(t) {
		n, inputs := draws, tests
		if slices.Contains(slow, c.Name) {
			n, inputs = slowDraws, slowTests
		}
		row, any := "| "+c.Name+" |", false
		for _, v := range measureWays(t, run, restoredModel(t, c.Name), ways, n, inputs) {
			row += " " + spread(v) + " |"
			any = any || len(v) > 0
		}
		if any { // else an operator is unknown to the runtime
			fmt.Println(row)
		}
	}
}

// spread is a mean and a standard deviation.
func spread(v []float64) string {
	if len(v) == 0 {
		return "–"
	}
	m, s := mean(v), 0.0
	for _, x := range v {
		s += (x - m) * (x - m)
	}
	return fmt.Sprintf("%.1f ± %.1f", m, math.Sqrt(s/float64(max(1, len(v)-1))))
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// restoredModel returns a real model with float32 weights.
func restoredModel(t testing.TB, name string) []byte {
	t.Helper()
	for _, c := range realModels(t) {
		if c.Name != name {
			continue
		}
		file, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		return mustQuantize(t, mustRead(t, file), restore.Options{})
	}
	t.Fatalf("no model %s", name)
	return nil
}

// measureWays returns, for each way, the ratio of signal to error of each draw, in
// decibels, mean of all outputs; none where no weight is changed.
func measureWays(t testing.TB, run *reference.Runner, file []byte, ways []roundingWay, draws, tests int) [][]float64 {
	t.Helper()
	inputs := inputsOf(t, file, tests, 1)
	out := make([][]float64, len(ways))
	for draw := range draws {
		float := mustWrite(t, drawn(t, file, uint64(draw)))
		want, err := runAll(run, float, inputs)
		if err != nil {
			t.Logf("the float model: %v", err)
			continue
		}
		for i, w := range ways {
			rounded := w.round(t, run, mustRead(t, float))
			if rounded == nil || bytes.Equal(rounded, float) {
				continue
			}
			got, err := runAll(run, rounded, inputs)
			if err != nil {
				t.Logf("%s: %v", w.name, err)
				continue
			}
			out[i] = append(out[i], decibels(want, got))
		}
	}
	return out
}

func mustWrite(t testing.TB, m *tflite.ModelT) []byte {
	t.Helper()
	file, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func runAll(run *reference.Runner, file []byte, inputs [][]reference.Tensor) ([][]reference.Tensor, error) {
	var out [][]reference.Tensor
	for _, in := range inputs {
		tensors, err := run.RunInputs(file, in)
		if err != nil {
			return nil, err
		}
		out = append(out, tensors)
	}
	return out, nil
}

// decibels is the ratio of signal to error, mean of all outputs that change.
func decibels(want, got [][]reference.Tensor) float64 {
	sum, n := 0.0, 0
	for o := range want[0] {
		var e infer.Error
		for i := range want {
			infer.Add(&e, want[i][o:o+1], got[i][o:o+1])
		}
		if e.Noise > 0 {
			sum += e.Decibels()
			n++
		}
	}
	return sum / float64(n)
}

// drawn is a model in which the largest weight of each output is a little larger.
func drawn(t testing.TB, file []byte, draw uint64) *tflite.ModelT {
	m := mustRead(t, file)
	r := rand.New(rand.NewPCG(draw, 1))
	eachLayer(m, func(l *layer) {
		w := l.weights()
		largest := make([]int, l.outputs())
		for i := range w {
			if o := l.output(i); math.Abs(float64(w[i])) >= math.Abs(float64(w[largest[o]])) || l.output(largest[o]) != o {
				largest[o] = i
			}
		}
		for _, i := range largest {
			w[i] *= float32(1 + drawSpread*r.Float64())
		}
		l.setWeights(w)
	})
	return m
}

// inputsOf are smooth images in [0, 1] where an input is one, and else numbers at random
// in [-1, 1].
func inputsOf(t testing.TB, file []byte, n int, seed uint64) [][]reference.Tensor {
	t.Helper()
	m := mustRead(t, file)
	r := rand.New(rand.NewPCG(seed, 2))
	out := make([][]reference.Tensor, n)
	for i := range out {
		for _, in := range m.Subgraphs[0].Inputs {
			from := m.Subgraphs[0].Tensors[in]
			if from.Type != tflite.TensorTypeFLOAT32 {
				t.Fatalf("input %s is %v", from.Name, from.Type)
			}
			shape := make([]int32, len(from.Shape))
			for d := range shape {
				shape[d] = max(1, from.Shape[d])
			}
			out[i] = append(out[i], reference.Tensor{Name: from.Name, Type: reference.Float32, Shape: shape, Data: floatData(exampleOf(r, shape))})
		}
	}
	return out
}

func exampleOf(r *rand.Rand, shape []int32) []float32 {
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	v := make([]float32, n)
	if len(shape) != 4 || shape[3] > 4 || shape[1] < 8 || shape[2] < 8 {
		for i := range v {
			v[i] = float32(2*r.Float64() - 1)
		}
		return v
	}
	const waves = 4
	height, width, channels := int(shape[1]), int(shape[2]), int(shape[3])
	for c := range channels {
		var down, across, phase [waves]float64
		for k := range waves {
			down[k], across[k], phase[k] = 3*r.Float64(), 3*r.Float64(), 2*math.Pi*r.Float64()
		}
		for y := range height {
			for x := range width {
				sum := 0.0
				for k := range waves {
					sum += math.Cos(2*math.Pi*(down[k]*float64(y)/float64(height)+across[k]*float64(x)/float64(width)) + phase[k])
				}
				v[(y*width+x)*channels+c] = float32(0.5 + sum/(2*waves))
			}
		}
	}
	return v
}

func floatData(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// A layer is an operator with float32 weights.
type layer struct {
	m    *tflite.ModelT
	sg   *tflite.SubGraphT
	op   *tflite.OperatorT
	kind tflite.BuiltinOperator
}

// eachLayer calls f with every layer whose weights nothing else shares.
func eachLayer(m *tflite.ModelT, f func(*layer)) {
	uses := make([]int, len(m.Buffers))
	for _, sg := range m.Subgraphs {
		for _, t := range sg.Tensors {
			uses[t.Buffer]++
		}
	}
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			l := &layer{m, sg, op, tflite.BuiltinCode(m.OperatorCodes[op.OpcodeIndex])}
			switch l.kind {
			case tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED:
				w := sg.Tensors[op.Inputs[1]]
				if w.Type == tflite.TensorTypeFLOAT32 && uses[w.Buffer] == 1 && len(m.Buffers[w.Buffer].Data) > 0 {
					f(l)
				}
			}
		}
	}
}

func (l *layer) depthwise() bool { return l.kind == tflite.BuiltinOperatorDEPTHWISE_CONV_2D }

func (l *layer) shape() []int32 { return l.sg.Tensors[l.op.Inputs[1]].Shape }

func (l *layer) floats(input int) []float32 {
	return encode.Floats(l.m.Buffers[l.sg.Tensors[l.op.Inputs[input]].Buffer].Data)
}

func (l *layer) setFloats(input int, v []float32) {
	l.m.Buffers[l.sg.Tensors[l.op.Inputs[input]].Buffer].Data = floatData(v)
}

func (l *layer) weights() []float32     { return l.floats(1) }
func (l *layer) setWeights(w []float32) { l.setFloats(1, w) }

// outputs is the number of output channels.
func (l *layer) outputs() int {
	if l.depthwise() {
		return int(l.shape()[3])
	}
	return int(l.shape()[0])
}

// output is the output channel that a weight belongs to, and input its input channel.
func (l *layer) output(i int) int {
	if l.depthwise() {
		return i % int(l.shape()[3])
	}
	return i / l.perOutput()
}

func (l *layer) input(i int) int {
	return i % int(l.shape()[len(l.shape())-1]) // of depthwise, with as many outputs as inputs
}

func (l *layer) perOutput() int {
	n := 1
	for _, d := range l.shape()[1:] {
		n *= int(d)
	}
	return n
}

// hasBias tells that the layer has a float32 bias of its own.
func (l *layer) hasBias() bool {
	if len(l.op.Inputs) < 3 || l.op.Inputs[2] < 0 {
		return false
	}
	b := l.sg.Tensors[l.op.Inputs[2]]
	return b.Type == tflite.TensorTypeFLOAT32 && len(l.m.Buffers[b.Buffer].Data) > 0
}
