package options

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestTargetsChooseOptions(t *testing.T) {
	depthwise := []tflite.BuiltinOperator{tflite.BuiltinOperatorDEPTHWISE_CONV_2D}
	for line, want := range map[string]quantize.Options{
		"--for tflite":                       {},
		"--for tflite@2.14":                  {},
		"--for xnnpack":                      {OpDenylist: depthwise},
		"--for litert":                       {OpDenylist: depthwise},
		"--for litert@2.3 --scheme=legacy":   {Scheme: quantize.Legacy},
		"--for xnnpack --no-hybrid=false":    {},
		"--for xnnpack --deny-op ADD":        {OpDenylist: append([]tflite.BuiltinOperator{tflite.BuiltinOperatorADD}, depthwise...)},
		"--for tflm":                         {Scheme: quantize.Legacy, NoHybrid: true},
		"--for tflm --scheme updated":        {NoHybrid: true},
		"--for tflm --type float16":          {BufferType: quantize.Float16},
		"--for xnnpack@2.14 --scheme legacy": {Scheme: quantize.Legacy, OpDenylist: []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOperatorBATCH_MATMUL}},
	} {
		want.MinElements = least
		got, err := Parse(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
}

// What is made for a target, of any operator that has weights, the target runs, if it runs
// the operator at all; quickly, where it is to be fast.
func TestTargetsRunWhatIsMadeForThem(t *testing.T) {
	for _, one := range target.Targets() {
		for _, recipe := range []string{recipeName, "mlir", "converter"} {
			q, _, err := flagsOf(t, "--for", one.Name, "--recipe", recipe, "--min-elements", "1").Quantizer()
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range synthetic.IsolatedOperators() {
				if recipe != recipeName && (o.Operator == tflite.BuiltinOperatorTRANSPOSE_CONV || o.Operator == tflite.BuiltinOperatorEMBEDDING_LOOKUP) {
					continue // which no option of these recipes turns back to float32: they are refused
				}
				p, err := quantize.NewPlan(&o.Small().ModelT, q)
				if err != nil {
					if !strings.Contains(err.Error(), "also in float32") {
						t.Errorf("--for %s --recipe %s: %v: %v", one.Name, recipe, o.Operator, err)
					}
					continue
				}
				for _, u := range target.Uses(p) {
					if !one.Suits(u.Kind) && u.Operator == o.Operator {
						t.Errorf("--for %s --recipe %s makes %v", one.Name, recipe, u.Kind)
					}
				}
			}
		}
	}
}

func TestTargetsRefuseWhatTheyDoNotRun(t *testing.T) {
	wide := synthetic.New()
	y := wide.Tensor(1, 2)
	wide.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{wide.Input(1, 4096), wide.Weights([]int32{2, 4096}, 1), -1}, y)
	wide.Output(y)
	for _, c := range []struct {
		line, want string
		model      *tflite.ModelT
	}{
		{"--for tflm --type float16", "--for: tflm: TFLite Micro refuses CONV_2D with dequantized float16 weights, the first at subgraph 0, operator 0 (CONV_2D); TFLite Micro refuses ", synthetic.Sample()},
		{"--for tflm --scheme updated", "--for: tflm: TFLite Micro computes wrong values in CONV_2D with dequantized int8 per channel weights", synthetic.Sample()},
		{"--for tflm --no-hybrid=false", "--for: tflm: TFLite Micro refuses CONV_2D with int8 per tensor weights", synthetic.Sample()},
		{"--for tflite@2.18 --recipe dynamic_wi4_afp32", "--for: tflite@2.18: TFLite 2.18 crashes in CONV_2D with int4 per channel weights", synthetic.Sample()},
		{"--for tflite@2.14 --recipe dynamic_wi8_afp32", "--for: tflite@2.14: TFLite 2.14 computes wrong values in 2 FULLY_CONNECTED with int8 per channel weights", synthetic.Sample()},
		{"--for litert", "--for: litert: LiteRT on x86 processors, without XNNPACK, computes wrong values in 2 of 2 rows of the weights of subgraph 0, operator 0 (FULLY_CONNECTED), whose sums do not fit its 16 bits: want --scheme legacy or --float-op FULLY_CONNECTED", &wide.ModelT},
		{"--for tfltie", `--for: unknown target "tfltie": did you mean tflite?`, nil},
		{"--for android", `--for: unknown target "android": want tflite, tflite@2.18, `, nil},
	} {
		q, _, err := flagsOf(t, strings.Fields(c.line)...).Quantizer()
		if err == nil {
			_, err = quantize.NewPlan(c.model, q)
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.line, err, c.want)
		}
	}
}

// Recipes of other tools run where they run.
func TestTargetsTakeOtherRecipes(t *testing.T) {
	for _, line := range []string{"--for litert --recipe dynamic_wi8_afp32", "--for xnnpack --recipe mlir", "--for tflite --type float16", "--for litert@2.3 --scheme legacy"} {
		q, _, err := flagsOf(t, strings.Fields(line)...).Quantizer()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := quantize.NewPlan(synthetic.Sample(), q); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
