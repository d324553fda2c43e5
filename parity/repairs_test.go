package parity

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
)

// repairsOfRealModels are all that is made on the real models: constants that a LOG
// or the like needs, and that float16 cannot hold; and models that are float16 already.
var repairsOfRealModels = map[string][]string{
	"birdnet/float16":                 {"float16-range model/MEL_SPEC1/add/y"},
	"nmp/float16":                     {"float16-range model_1/normalized_log_1/add/y;model_1/normalized_log_1/add/y"},
	"hand_landmark_full/int8":         {"float16-weights"},
	"hand_landmark_full/int8_legacy":  {"float16-weights"},
	"pose_detection/int8":             {"float16-weights"},
	"pose_detection/int8_legacy":      {"float16-weights"},
	"selfie_segmentation/int8":        {"float16-weights"},
	"selfie_segmentation/int8_legacy": {"float16-weights"},
}

// With repairs, the files of real models are upstream's, byte for byte, wherever no
// repair is made.
func TestRepairsLeaveTheRestAlone(t *testing.T) {
	got := map[string][]string{}
	for _, c := range realModels(t) {
		file, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		m := mustRead(t, file)
		for _, mode := range cases.WholeModelModes() {
			o := mode.Options
			exact := mustQuantize(t, m, o)
			o.Repairs = repair.Every()
			p, err := quantize.NewCheckedPlan(t.Context(), m, o)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Repaired {
				what := r.Name
				if r.Tensor >= 0 {
					what += " " + m.Subgraphs[r.Subgraph].Tensors[r.Tensor].Name
				}
				got[c.Name+"/"+mode.Name] = append(got[c.Name+"/"+mode.Name], what)
			}
			if same := bytes.Equal(exact, mustQuantize(t, m, o)); same != (len(p.Repaired) == 0) {
				t.Errorf("%s, %s: %d repairs, and the bytes being upstream's is %v", c.Name, mode.Name, len(p.Repaired), same)
			}
		}
	}
	if d := cmp.Diff(repairsOfRealModels, got); d != "" {
		t.Error(d)
	}
}

// Synthetic cases that upstream makes a file of keep upstream's bytes where no repair
// is made, and files with repairs are models.
func TestRepairsLeaveCasesAlone(t *testing.T) {
	same, repaired := 0, 0
	for _, c := range cases.Cases() {
		m := mustRead(t, c.Model().Bytes())
		for _, o := range c.Options {
			exact, err := quantize.Bytes(m, o)
			if err != nil {
				continue
			}
			o.Repairs = repair.Every()
			p, err := quantize.NewCheckedPlan(t.Context(), m, o)
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			mended := mustQuantize(t, m, o)
			if len(p.Repaired) > 0 {
				mustRead(t, mended)
				repaired++
				continue
			}
			if !bytes.Equal(exact, mended) {
				t.Errorf("%s: without a repair the bytes differ from upstream's", c.Name)
			}
			same++
		}
	}
	t.Logf("%d files without repairs, %d with", same, repaired)
	if same == 0 || repaired == 0 {
		t.Error("one kind is missing")
	}
}

// Files made by rules run, and compute about what the float model does.
func TestRulesRun(t *testing.T) {
	run := runner(t)
	for _, rules := range [][]rule.Rule{
		{{Operator: "CONV_2D", Format: rule.Keep}},
		{{Operator: "DEPTHWISE_CONV_2D", Format: "float16"}},
		{{Format: rule.Keep}, {Operator: "FULLY_CONNECTED", Format: "int8"}, {Operator: "CONV_2D", Format: "float16"}},
	} {
		for _, c := range realModels(t) {
			file, err := os.ReadFile(c.Path)
			if err != nil {
				t.Fatal(err)
			}
			want, err := run.Run(file, 1)
			if err != nil {
				continue // an operator that the runtime lacks
			}
			ours := mustQuantize(t, mustRead(t, file), quantize.Options{Rules: rules, Repairs: repair.Every()})
			got, err := run.Run(ours, 1)
			if err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			var e infer.Error
			infer.Add(&e, want, got)
			if !(e.Decibels() > leastOfRules) {
				t.Errorf("%s, rules %+v: signal to noise %s", c.Name, rules, &e)
			}
		}
	}
}

// leastOfRules is the least ratio of signal to noise, in dB, on random inputs.
const leastOfRules = 5
