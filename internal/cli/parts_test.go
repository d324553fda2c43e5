package cli

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

func TestFlagsBecomeOptions(t *testing.T) {
	for args, want := range map[string]quantize.Options{
		"":                   {MinElements: 1024},
		"--min-elements 0":   {MinElements: 1},
		"--min-elements 7":   {MinElements: 7},
		"--scheme legacy":    {MinElements: 1024, Scheme: quantize.Legacy},
		"--no-hybrid":        {MinElements: 1024, NoHybrid: true},
		"-t float16":         {MinElements: 1024, BufferType: quantize.Float16},
		"--deny-op conv_2d":  {MinElements: 1024, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D}},
		"--custom-op Op=2":   {MinElements: 1024, CustomOps: map[string]quantize.CustomOp{"Op": {Inputs: []int32{2}}}},
		"--custom-op a=b=1":  {MinElements: 1024, CustomOps: map[string]quantize.CustomOp{"a=b": {Inputs: []int32{1}}}},
		"--deny-op SVDF,ADD": {MinElements: 1024, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorSVDF, tflite.BuiltinOperatorADD}},
		"--deny-op SVDF --deny-op ADD": {MinElements: 1024,
			OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorSVDF, tflite.BuiltinOperatorADD}},
		"--custom-op A=1,2,hybrid --custom-op B=0": {MinElements: 1024,
			CustomOps: map[string]quantize.CustomOp{"A": {Inputs: []int32{1, 2}, Hybrid: true}, "B": {Inputs: []int32{0}}}},
	} {
		var o optionFlags
		c := new(cobra.Command)
		o.register(c)
		if err := c.ParseFlags(strings.Fields(args)); err != nil {
			t.Fatal(args, err)
		}
		got, err := o.options(c.Flags())
		if err != nil {
			t.Fatal(args, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", args, d)
		}
	}
}

func TestJSONHasItsShape(t *testing.T) {
	stand(t)
	type group struct {
		Action, Reason, Type string
		Tensors              int
		BytesBefore          int64 `json:"bytes_before"`
		BytesAfter           int64 `json:"bytes_after"`
	}
	type summary struct {
		Type        string
		MinElements int `json:"min_elements"`
		Quantized   int
		Operators   []struct {
			Operator, Computes string
			Count              int
		}
		CopiedConstants []struct {
			Subgraph, Tensor, Bytes int
			Name                    string
		} `json:"copied_constants"`
		Groups              []group
		DequantizeOperators int `json:"dequantize_operators"`
		OperatorVersions    []struct {
			Operator string
			From, To int32
		} `json:"operator_versions"`
		UpstreamUndefined []string `json:"upstream_undefined"`
	}
	var report struct {
		Input, Output struct {
			Path  string
			Bytes int64
		}
		summary
		Like *struct {
			Path  string
			Equal bool
		}
		Seconds struct{ Read, Plan, Write *float64 }
	}
	decode(t, &report, "m.tflite", "--json", "-o", "first.tflite")
	if report.Input.Path != "m.tflite" || report.Output.Path != "first.tflite" || report.Output.Bytes != int64(len(load(t, "first.tflite"))) ||
		report.Type != "int8" || report.Quantized != 3 || report.DequantizeOperators != 1 || len(report.OperatorVersions) != 2 ||
		report.UpstreamUndefined == nil || report.CopiedConstants == nil || report.MinElements != 1024 || len(report.Operators) != 4 || report.Like != nil || report.Seconds.Read == nil || report.Seconds.Plan == nil || report.Seconds.Write == nil ||
		report.Groups[0] != (group{"int8 per tensor", "weights", "FLOAT32", 2, 17408, 4352}) {
		t.Errorf("%+v", report)
	}
	decode(t, &report, "m.tflite", "--json", "--like", "first.tflite")
	if report.Like == nil || report.Like.Path != "first.tflite" || !report.Like.Equal {
		t.Errorf("%+v", report.Like)
	}

	var plan struct {
		Model string
		summary
		Subgraphs []struct {
			Name    string
			Tensors []struct {
				Index                           int
				Name, Type, Action, Reason, Why string
				Shape                           []int32
				Bytes                           int
				QuantizedDimension              *int32 `json:"quantized_dimension"`
			}
			Operators []struct {
				Index              int
				Operator, Computes string
			}
		}
	}
	decode(t, &plan, "plan", "m.tflite", "--json")
	if filter := plan.Subgraphs[0].Tensors[1]; plan.Model != "m.tflite" || plan.Quantized != 3 || plan.Subgraphs[0].Name != "main" || plan.Subgraphs[0].Operators[3].Computes != "float32 after DEQUANTIZE" || len(plan.Subgraphs[0].Tensors) != 11 ||
		filter.Index != 1 || filter.Name != "conv/filter" || filter.Action != "int8 per channel" || filter.Reason != "weights" || filter.Bytes != 9216 ||
		filter.QuantizedDimension == nil || *filter.QuantizedDimension != 0 || plan.Subgraphs[0].Tensors[0].QuantizedDimension != nil {
		t.Errorf("%+v", plan)
	}
}

func decode(t *testing.T, to any, args ...string) {
	t.Helper()
	code, stdout, stderr := run(args...)
	if code != exitDone || stderr != "" {
		t.Fatal(code, stderr)
	}
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil || d.More() {
		t.Fatalf("%v in\n%s", err, stdout)
	}
}

func TestSizesHaveThreeDigits(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.00 kB", 1024: "1.02 kB", 9994: "9.99 kB", 9996: "10.0 kB", 99949: "99.9 kB", 99951: "100 kB",
		999499: "999 kB", 999500: "1.00 MB", 51726412: "51.7 MB", 2147483647: "2.15 GB", math.MaxInt64: "9223372 TB",
	} {
		if got := size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := exact(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestTimesHaveTheirUnit(t *testing.T) {
	for s, want := range map[float64]string{0: "0.0 ms", 0.001234567: "1.2 ms", 0.999: "999.0 ms", 1.353: "1.35 s"} {
		if got := short(s); got != want {
			t.Errorf("%v: %s, want %s", s, got, want)
		}
	}
}

func TestProgressIsALineThatGoesAway(t *testing.T) {
	var w bytes.Buffer
	p := newProgress(&w) // no terminal
	p.next = time.Time{}
	p.show(1, 2)
	p.clear()
	if w.Len() > 0 {
		t.Errorf("%q was written to what is no terminal", w.String())
	}
	p = &progress{w: &w}
	p.show(1, 4)
	p.show(2, 4) // too soon
	p.clear()
	if want := "\r 25 % " + strings.Repeat("█", 10) + strings.Repeat("░", 30) + "\r\x1b[K"; w.String() != want {
		t.Errorf("%q, want %q", w.String(), want)
	}
}

func TestTerminalsDoNotSeeControlCharacters(t *testing.T) {
	for s, want := range map[string]string{
		"conv/w":      "conv/w",
		"größe ×":     "größe ×",
		`a "b" \c`:    `a "b" \c`,
		"\x1b[2Jgone": `\x1b[2Jgone`,
		"a\nb":        `a\nb`,
		"\xff":        `\xff`,
		"\"\r":        `"\r`,
	} {
		if got := printable(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestTheNearestOperatorIsMeant(t *testing.T) {
	for name, want := range map[string]string{
		"CONV": "CONV_2D", "CONV2D": "CONV_2D", "DEPTHWISE_CONV2D": "DEPTHWISE_CONV_2D", "FULLYCONNECTED": "FULLY_CONNECTED",
		"LTSM": "LSTM", "EMBEDING_LOOKUP": "EMBEDDING_LOOKUP", "MATMUL": "BATCH_MATMUL", "GATER": "GATHER",
	} {
		if got := nearestOperator(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
