package toco_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestRoundingIsPartOfFormats(t *testing.T) {
	p, err := toco.Options{Rounding: encode.PreservedSums}.Plan(synthetic.Sample())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"conv/filter": "int8 per channel, sums preserved", "dense/weights": "int8 per tensor, sums preserved", "up/filter": "int8 per tensor, sums preserved"}
	if d := cmp.Diff(want, formats(p)); d != "" {
		t.Error(d)
	}
	if _, err := (toco.Options{Rounding: 2}).Plan(synthetic.Sample()); err == nil {
		t.Error("an unknown rounding is taken")
	}
}

// Weights are rounded by the dimension of the outputs; tables of lookups are not summed.
func TestOperatorsWhoseWeightsAreSummed(t *testing.T) {
	f, shape := encode.Int8PerTensor{}, []int32{8, 1, 1, 8}
	for op, want := range map[tflite.BuiltinOperator]encode.Format{
		tflite.BuiltinOperatorCONV_2D:           encode.SumPreserving{Format: f, Outputs: 0},
		tflite.BuiltinOperatorDEPTHWISE_CONV_2D: encode.SumPreserving{Format: f, Outputs: 3},
		tflite.BuiltinOperatorGATHER:            f,
		tflite.BuiltinOperatorBATCH_MATMUL:      f,
	} {
		if got := plan.Rounded(f, encode.PreservedSums, op, shape); got != want {
			t.Errorf("%v: %v, want %v", op, got, want)
		}
		if got := plan.Rounded(f, encode.Nearest, op, shape); got != encode.Format(f) {
			t.Errorf("%v to nearest: %v", op, got)
		}
	}
	for _, shape := range [][]int32{{8, 1, 1, 1}, {2, encode.MostSummed + 1}, {}, {-1, 8}} {
		if got := plan.Rounded(f, encode.PreservedSums, tflite.BuiltinOperatorFULLY_CONNECTED, shape); got != encode.Format(f) {
			t.Errorf("shape %v, which has no sums that are preserved: %v", shape, got)
		}
	}
}
