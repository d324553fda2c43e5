package cli

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestJSONHasItsShape(t *testing.T) {
	stand(t)
	type group struct {
		Action, Reason, Type string
		Tensors              int
		BytesBefore          int64 `json:"bytes_before"`
		BytesAfter           int64 `json:"bytes_after"`
		Operators            []struct {
			Operator string
			Custom   bool
			Inputs   []int
			Bytes    int64
		}
		Why    string
		Helps  []string
		Sparse bool
		Repair string
	}
	type summary struct {
		Type        string
		MinElements int `json:"min_elements"`
		Quantized   int
		Operators   []struct {
			Operator, Computes string
			Count              int
		}
		Repairs []struct {
			Name   string
			Places []struct {
				Subgraph, Tensor int
				TensorName       string `json:"tensor_name"`
				What             string
			}
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
		NeedsTensorFlow   struct {
			Before, After, Declared string
			Operators, Unknown      []string
		} `json:"needs_tensorflow"`
		RunsOn []struct {
			Runtime, Answer string
			Why             []string
			Helps           string
		} `json:"runs_on"`
		Warnings []struct {
			Name, What                 string
			Runtimes, Remedies         []string
			Subgraph, Operator, Tensor int
		}
	}
	var report struct {
		Input, Output struct {
			Path          string
			Bytes         int64
			ModelBytes    int64 `json:"model_bytes"`
			AppendedBytes int64 `json:"appended_bytes"`
		}
		Unchanged     string
		AppendedFiles []string `json:"appended_files"`
		summary
		Like *struct {
			Path       string
			Equal      bool
			Difference string
		}
		Seconds struct{ Read, Plan, Write *float64 }
	}
	decode(t, &report, "m.tflite", "--json", "-o", "first.tflite")
	if report.Input.Path != "m.tflite" || report.Output.Path != "first.tflite" || report.Output.Bytes != int64(len(load(t, "first.tflite"))) ||
		report.Type != "int8" || report.Quantized != 3 || report.DequantizeOperators != 1 || len(report.OperatorVersions) != 2 ||
		report.UpstreamUndefined == nil || report.CopiedConstants == nil || report.MinElements != 1024 || len(report.Operators) != 4 || report.Like != nil || report.Seconds.Read == nil || report.Seconds.Plan == nil || report.Seconds.Write == nil ||
		!reflect.DeepEqual(report.Groups[0], group{Action: "int8 per tensor", Reason: "weights", Type: "FLOAT32", Tensors: 2, BytesBefore: 17408, BytesAfter: 4352}) ||
		len(report.RunsOn) != 6 || report.RunsOn[0].Answer != "yes" || report.RunsOn[5].Helps != "--for tflm" || report.Warnings == nil ||
		report.NeedsTensorFlow.Before != "1.9.0" || report.NeedsTensorFlow.After != "2.4.0" ||
		len(report.Groups[5].Operators) != 1 || report.Groups[5].Operators[0].Operator != "FULLY_CONNECTED" || report.Groups[5].Why == "" || len(report.Groups[5].Helps) != 1 {
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
				Format                          *struct {
					Type, Scales string
					Count, Bytes int
				}
				Readers []struct {
					Operator, Input int
					Dequantized     bool
				}
				Error *struct {
					Max, SNR *float64
				}
			}
			Operators []struct {
				Index              int
				Operator, Computes string
			}
		}
	}
	decode(t, &plan, "plan", "m.tflite", "--json", "--errors")
	for tensor, dequantized := range map[int]bool{1: false, 9: true} {
		x := plan.Subgraphs[0].Tensors[tensor]
		if len(x.Readers) != 1 || x.Readers[0].Input != 1 || x.Readers[0].Dequantized != dequantized || x.Format == nil || x.Format.Type != "INT8" || x.Format.Bytes != 2304 || x.Error == nil || x.Error.Max == nil {
			t.Errorf("tensor %d: %+v", tensor, x)
		}
	}
	if f := plan.Subgraphs[0].Tensors[1].Format; f.Count != 4 || f.Scales != "per channel" {
		t.Errorf("%+v", f)
	}
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
	if err := d.Decode(to); err != nil || d.More() {
		t.Fatalf("%v in\n%s", err, stdout)
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
	if want := "\r\x1b[K 25 % " + strings.Repeat("█", 10) + strings.Repeat("░", 30) + "\r\x1b[K"; w.String() != want {
		t.Errorf("%q, want %q", w.String(), want)
	}
}

// Custom codes and names of any length do not make a plan much larger than its
// model is.
func TestPlansGrowWithTheirModelAlone(t *testing.T) {
	m := synthetic.Sample()
	long := strings.Repeat("long", 5000)
	m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{DeprecatedBuiltinCode: 32, BuiltinCode: tflite.BuiltinOperatorCUSTOM, CustomCode: long, Version: 1})
	sg := m.Subgraphs[0]
	weights := *sg.Tensors[9]
	weights.Name = long
	for range 200 {
		w := weights
		sg.Tensors = append(sg.Tensors, &w)
		at := int32(len(sg.Tensors) - 1)
		sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: uint32(len(m.OperatorCodes) - 1), Inputs: []int32{at}})
	}
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	stand(t)
	save(t, "long.tflite", data)
	code, stdout, stderr := run("plan", "long.tflite", "--custom-op", long+"=0", "--min-elements=1")
	if most := 220 * 400; code != exitDone || len(stdout) > most || !strings.Contains(stdout, "…") {
		t.Errorf("code %d, %d bytes, want at most %d\n%.2000s%s", code, len(stdout), most, stdout, stderr)
	}
	code, stdout, _ = run("plan", "long.tflite", "--custom-op", long+"=0", "--min-elements=1", "--json")
	if names := (200 + 201) * len(long); code != exitDone || len(stdout) > names+250*1000 {
		t.Errorf("code %d, %d bytes of JSON, %d of which are names of tensors and operators", code, len(stdout), names)
	}
}
