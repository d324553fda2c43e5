package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/samples"
	"github.com/tflite-quantize/tflite-quantize/parity/models"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A line of options gives the gate what its words give the command: the same
// file, or the same mistake.
func TestOptionsAreTheCommands(t *testing.T) {
	t.Setenv("BUILD_WORKING_DIRECTORY", "")
	t.Chdir(t.TempDir())
	if err := os.WriteFile("m", samples.File(), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"",
		"--type=int8 --scheme=legacy",
		"--type float16",
		"--min-elements=0 --no-hybrid",
		"--deny-op=conv_2d,transpose_conv --deny-op=FULLY_CONNECTED",
	} {
		o, err := options.Parse(line)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		want, err := quantize.Bytes(samples.Model(), o)
		if err != nil {
			t.Fatal(err)
		}
		if code, stderr := command(line); code != 0 {
			t.Fatalf("%q: %s", line, stderr)
		}
		if got, err := os.ReadFile("out"); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: the command makes another file (%v)", line, err)
		}
	}
	for _, line := range []string{
		"--type float16 --min-elements 256",
		"--type=int4",
		"--deny-op=CONV",
		"--custom-op=A",
		"--min-elements=-1",
		"--typo",
	} {
		_, want := command(line)
		var stdout, stderr bytes.Buffer
		code := run("m", []string{line}, &stdout, &stderr)
		got, isGate := strings.CutPrefix(stderr.String(), fmt.Sprintf("gate: options %q: ", line))
		if code != exitUsage || !isGate || "quantize: "+got != want {
			t.Errorf("%q: code %d, %s, the command says %s", line, code, stderr.String(), want)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run("m", []string{"--keep conv/*"}, &stdout, &stderr); code != exitUsage || !strings.Contains(stderr.String(), "no rules") {
		t.Errorf("rules: code %d, %s", code, stderr.String())
	}
}

// command runs the command quantize, from m to out.
func command(line string) (code int, stderr string) {
	var out, err bytes.Buffer
	code = cli.Run(append(strings.Fields(line), "m", "-o", "out"), &out, &err)
	return code, err.String()
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
