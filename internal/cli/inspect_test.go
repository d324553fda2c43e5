package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestInspectSaysWhatAModelHolds(t *testing.T) {
	stand(t)
	m := synthetic.Sample()
	m.Description = "a sample"
	m.Buffers = append(m.Buffers, &tflite.BufferT{Data: []byte("1.5.0\x00\x00")}, &tflite.BufferT{Data: []byte("lost")})
	m.Metadata = []*tflite.MetadataT{{Name: "min_runtime_version", Buffer: uint32(len(m.Buffers) - 2)}}
	m.SignatureDefs = []*tflite.SignatureDefT{{SignatureKey: "serve", Inputs: []*tflite.TensorMapT{{Name: "x"}}, Outputs: []*tflite.TensorMapT{{Name: "y", TensorIndex: 10}}}}
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	save(t, "m.tflite", append(data, "behind"...))
	code, stdout, stderr := run("inspect", "m.tflite")
	want := `m.tflite: 28.1 kB, 1 subgraph, 4 operators, 11 tensors, 9 buffers
description "a sample"
nothing is quantized
needs TensorFlow Lite 1.9; its metadata say 1.5

what takes the space
26.7 kB  95.1 %  FLOAT32 constants                 5
1.33 kB   4.7 %  operators, shapes, names, scales
   16 B   0.1 %  INT32 constants
    7 B   0.0 %  metadata
    6 B   0.0 %  after the model
    4 B   0.0 %  data that nothing uses

inputs and outputs
input   FLOAT32  1x8x8x64  in
output  FLOAT32  1x8x8x4   up

signatures
serve  x -> y

operators
count  operator         version  since TensorFlow
    2  FULLY_CONNECTED        1  1.5
    1  CONV_2D                1  1.5
    1  TRANSPOSE_CONV         1  1.9

largest constants
tensor  bytes  type     scales  shape     name
     1  9,216  FLOAT32  -       4x3x3x64  conv/filter
     9  9,216  FLOAT32  -       4x3x3x64  up/filter
     4  8,192  FLOAT32  -       8x256     dense/weights
     6     64  FLOAT32  -       2x8       small/weights
     2     16  FLOAT32  -       4         conv/bias
     8     16  INT32    -       4         up/shape

metadata
7 B  min_runtime_version  1.5.0
`
	if d := cmp.Diff(want, stdout); code != exitDone || d != "" || stderr != "" {
		t.Errorf("code %d\n%s\n%s", code, d, stderr)
	}
	code, stdout, _ = run("inspect", "m.tflite", "--json")
	var i report.Inspection
	if err := json.Unmarshal([]byte(stdout), &i); err != nil || code != exitDone || len(i.Subgraphs[0].Tensors) != 11 || i.Model.AppendedBytes != 6 || i.Buffers.Count != 9 {
		t.Errorf("code %d, %v, %+v", code, err, i)
	}
	if _, stdout, _ := run("inspect", "m.tflite", "--all"); !strings.Contains(stdout, "\n     0      0  FLOAT32  -       1x8x8x64  in\n") {
		t.Error(stdout)
	}
}

// Files of each tool are known by their marks.
func TestInspectKnowsWhoQuantized(t *testing.T) {
	makers := map[string]string{"TensorFlow": "TensorFlow", "litert-quantizer": "LiteRT's litert-quantizer", "tflite-quantize": "LiteRT's litert-quantizer"}
	for _, r := range options.Recipes() {
		if r.Name == "float32" {
			continue // which quantizes nothing
		}
		stand(t)
		if code, _, stderr := run("m.tflite", "--recipe", r.Name, "--keep", "small/*", "-o", "out.tflite", "--exact"); code != exitDone {
			t.Fatal(r.Name, stderr)
		}
		_, stdout, stderr := run("inspect", "out.tflite")
		if want := "looks like the work of " + makers[r.Maker]; !strings.Contains(stdout, want) || strings.Contains(stdout, "nothing is quantized") {
			t.Errorf("%s: lacks %s:\n%s%s", r.Name, want, stdout, stderr)
		}
	}
	stand(t)
	for args, want := range map[string][]string{
		"-t int8":          {"Quantize Weights: weights of", "weights are quantized, values between operators are float32: 4.35 kB of INT8 per tensor"},
		"-t float16":       {"names of DEQUANTIZE's outputs end in _dequantize", "weights are float16, which DEQUANTIZE turns back: 13.4 kB of FLOAT16"},
		"--recipe mlir":    {"TensorFlow's MLIR quantizer: weights of FULLY_CONNECTED version 12 have a scale per channel"},
		"--min-elements 1": {"integer weights, float32 values"},
	} {
		run(append(strings.Fields(args), "m.tflite", "-o", "out.tflite")...)
		_, stdout, _ := run("inspect", "out.tflite")
		for _, w := range want {
			if !strings.Contains(stdout, w) {
				t.Errorf("%s: lacks %s:\n%s", args, w, stdout)
			}
		}
	}
}
