package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

func TestOptionsAreTheCommands(t *testing.T) {
	const least = quantize.DefaultMinElements
	for _, c := range []struct {
		line string
		want quantize.Options
		err  string
	}{
		{"", quantize.Options{MinElements: least}, ""},
		{"--type=int8 --scheme=legacy", quantize.Options{Scheme: quantize.Legacy, MinElements: least}, ""},
		{"--type float16", quantize.Options{BufferType: quantize.Float16, MinElements: least}, ""},
		{"--min-elements=0 --no-hybrid", quantize.Options{MinElements: 1, NoHybrid: true}, ""},
		{"--deny-op=CONV_2D,SVDF --deny-op=LSTM", quantize.Options{MinElements: least, OpDenylist: []tflite.BuiltinOperator{
			tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorSVDF, tflite.BuiltinOperatorLSTM}}, ""},
		{"--custom-op=A=1,2,hybrid --custom-op=B=C=3", quantize.Options{MinElements: least, CustomOps: map[string]quantize.CustomOp{
			"A": {Inputs: []int32{1, 2}, Hybrid: true}, "B=C": {Inputs: []int32{3}}}}, ""},
		{"--type=int4", quantize.Options{}, "it is int8 or float16"},
		{"--deny-op=CONV", quantize.Options{}, "no builtin operator"},
		{"--custom-op=A", quantize.Options{}, "NAME=1,2"},
		{"--custom-op=A=x", quantize.Options{}, "no position"},
		{"--typo", quantize.Options{}, "unknown flag"},
		{"int8", quantize.Options{}, "no option"},
	} {
		got, err := parseOptions(c.line)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%q: error %v, expected %q in it", c.line, err, c.err)
			}
			continue
		}
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%q: %v %s", c.line, err, d)
		}
	}
}

// dense is the file of a model that the runtime runs, with 64 x 64 weights.
func dense() []byte {
	m := synthetic.New()
	y := m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1, 64), m.Random(64, 64), -1}, y)
	m.Output(y)
	return m.Bytes()
}

func newGate(t *testing.T, file []byte) *gate {
	g := &gate{file: file}
	t.Cleanup(func() { g.upstream.Close(); g.runtime.Close() })
	return g
}

// A gate lets upstream's own file through and no other; it names the first difference.
func TestTheGateNamesTheFirstDifference(t *testing.T) {
	g := newGate(t, dense())
	if _, err := g.check(quantize.Options{}); err != nil {
		t.Fatal(err)
	}
	theirs, err := g.upstream.Quantize(g.file, compare.Options(quantize.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	other, err := tflite.Read(theirs)
	if err != nil {
		t.Fatal(err)
	}
	other.Subgraphs[0].Tensors[2].Quantization.Scale[0] *= 2
	changed, err := tflite.Write(other)
	if err != nil {
		t.Fatal(err)
	}
	model, err := tflite.Read(g.file)
	if err != nil {
		t.Fatal(err)
	}
	different := compare.File(model, quantize.Options{}, changed)
	if _, err := g.judge(different); err == nil || !strings.Contains(err.Error(), "subgraphs[0].tensors[2].quantization.scale[0]: got ") {
		t.Errorf("%v, expected the path of the scale", err)
	}
	different.Outcome = outcome.Equal
	if _, err := g.judge(different); err == nil || !strings.Contains(err.Error(), "holds other values") {
		t.Errorf("a file that computes something else: %v", err)
	}
}

// A file that our verifier refuses is named by it: upstream, which would crash, is not asked.
func TestTheGateNamesInvalidFiles(t *testing.T) {
	t.Setenv("TFLITE_QUANTIZE_REFERENCE", "/nonexistent") // whoever asks upstream sees this in the error
	file := dense()
	g := newGate(t, file[:len(file)-100])
	if text, err := g.check(quantize.Options{}); err == nil || !strings.HasPrefix(err.Error(), outcome.Invalid.String()) {
		t.Errorf("%q, %v, expected: %v", text, err, outcome.Invalid)
	}
}

// Nothing but a good outcome is let through, without files to run as well.
func TestTheGateLetsGoodOutcomesThrough(t *testing.T) {
	g := newGate(t, nil)
	for _, o := range outcome.All {
		if _, err := g.judge(compare.Result{Outcome: o, Detail: "no"}); (err == nil) != o.Good() {
			t.Errorf("%v: %v", o, err)
		}
	}
}
