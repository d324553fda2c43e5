package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/models"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
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

// dense is a model that the runtime runs, with 64 x 64 weights.
func dense() *tflite.ModelT {
	m := models.New()
	y := m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1, 64), m.Random(64, 64), -1}, y)
	m.Output(y)
	return &m.ModelT
}

// A gate lets upstream's own file through and no other; it names what differs.
func TestTheGateNamesTheFirstDifference(t *testing.T) {
	model := dense()
	file, err := tflite.Write(model)
	if err != nil {
		t.Fatal(err)
	}
	g := gate{file: file}
	t.Cleanup(func() { g.upstream.Close(); g.runtime.Close() })
	if _, err := g.check(quantize.Options{}); err != nil {
		t.Fatal(err)
	}
	theirs, err := g.upstream.Quantize(file, reference.Options{})
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
	ours, err := quantize.Bytes(model, quantize.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.compare(model, quantize.Options{}, ours, changed); err == nil || !strings.Contains(err.Error(), "subgraphs[0].tensors[2].quantization.scale[0]: got ") {
		t.Errorf("%v, expected the path of the scale", err)
	}
	if _, err := g.runs(theirs, changed, false); err == nil {
		t.Error("a file that computes something else is let through")
	}
}

func TestOneRefusalIsADifference(t *testing.T) {
	status := &reference.StatusError{Code: 13, Message: "no"}
	for _, c := range []struct {
		status *reference.StatusError
		ours   error
		same   bool
	}{
		{status, errors.New("bad model"), true},
		{nil, errors.New("bad model"), false},
		{status, nil, false},
	} {
		if _, err := refused(c.status, c.ours); (err == nil) != c.same {
			t.Errorf("upstream %v, ours %v: %v", c.status, c.ours, err)
		}
	}
}
