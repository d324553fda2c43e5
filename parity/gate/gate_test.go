package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// A line of options gives the gate what its words give the command: the same
// file, or the same mistake.
func TestOptionsAreTheCommands(t *testing.T) {
	t.Setenv("BUILD_WORKING_DIRECTORY", "")
	t.Chdir(t.TempDir())
	if err := os.WriteFile("m", synthetic.SampleFile(), 0o666); err != nil {
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
		want, err := quantize.Bytes(synthetic.Sample(), o)
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
	if code := run("m", []string{"--rounding sum-preserving"}, &stdout, &stderr); code != exitUsage || !strings.Contains(stderr.String(), "rounds to nearest") {
		t.Errorf("a rounding: exit code %d, %s", code, &stderr)
	}
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
