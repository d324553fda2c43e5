package units_test

import (
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

var everyRun = flag.Bool("every_run", false, "run the files of all models and options, also with XNNPACK, not of a share")

// A computed is how the outputs of our file and upstream's compare.
type computed string

const (
	same         computed = "equal to the bit"
	statesLost   computed = "upstream's file loses states of operators"
	onlyOursRuns computed = "upstream's file does not run"
	neitherRuns  computed = "neither file runs"
	floatDoesNot computed = "the model does not run"
	undefined    computed = "the runtime reads past the scales"
)

// What is not equal, by network or model and by options, "" for all. The LSTM has weights
// of which some are too small. Recurrent operators get constants for states with float16;
// UNIDIRECTIONAL_SEQUENCE_RNN has copies in upstream's file that share its state. Real
// models with float16 weights get operators that read them.
var notEqual = map[string]map[string]computed{
	"LSTM, one step":       {"float16": statesLost, "defaults": neitherRuns, "per tensor": neitherRuns, "denylist": neitherRuns},
	"LSTM over a sequence": {"float16": statesLost},
	"SVDF":                 {"float16": statesLost},
	"RNN over a sequence":  {"": statesLost},
	"hand_landmark_full":   {"defaults": onlyOursRuns, "per tensor": onlyOursRuns, "minimum 1": onlyOursRuns},
	"pose_detection":       {"defaults": onlyOursRuns, "per tensor": onlyOursRuns, "minimum 1": onlyOursRuns},
	"selfie_segmentation":  {"": floatDoesNot},

	"MobileNetV2":                {"per tensor": undefined},
	"EfficientNet blocks":        {"per tensor": undefined},
	"face_landmark":              {"per tensor": undefined},
	"keyword_spotting_on_off_v3": {"per tensor": undefined},
}

func expected(model, mode string) computed {
	for _, m := range []string{mode, ""} {
		if is, ok := notEqual[model][m]; ok {
			return is
		}
	}
	return same
}

// Our files and upstream's of networks and real models compute the same in a runtime that
// has all versions of operators, but for upstream's defects.
func TestFilesComputeWhatUpstreamsDo(t *testing.T) {
	q := upstream(t)
	runners := map[string]*reference.Runner{"LiteRT": interpreter.LiteRT.NewRunner(interpreter.NoDelegate)}
	if *everyRun {
		runners["LiteRT, XNNPACK"] = interpreter.LiteRT.NewRunner(interpreter.XNNPACK)
	}
	counts := map[computed]int{}
	one := func(model string, file []byte) {
		for mode, o := range modes {
			if !*everyRun && mode != "defaults" && mode != "float16" || o.WeightOnly && several[model] {
				continue
			}
			r, err := units.Quantize(q, file, o)
			if err != nil {
				t.Fatal(model, mode, err)
			}
			for name, run := range runners {
				got, why := compute(run, &r)
				if want := expected(model, mode); want == undefined {
					got = want
				} else if got != want {
					t.Errorf("%s, %s, %s: %s: %s, want that %s", model, mode, name, got, why, want)
				}
				counts[got]++
			}
		}
	}
	for _, n := range synthetic.Nets() {
		if units.NotImported(n.Name) == "" {
			one(n.Name, n.Model().Bytes())
		}
	}
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		file, err := os.ReadFile(m.Path)
		if err != nil {
			t.Fatal(err)
		}
		one(m.Name, file)
	}
	for _, r := range runners {
		r.Close()
	}
	t.Logf("%v", counts)
	if counts[same] < len(list) {
		t.Errorf("%d are equal, want one of each model at least", counts[same])
	}
}

// right is the signal to noise, in dB, of outputs that are those of the float model.
const right = 25

// compute runs the three files, and says why they are not the same.
func compute(run *reference.Runner, r *units.Result) (computed, string) {
	c, err := infer.Compare(run, r.Source, r.Ours, r.Upstream, 1)
	var failed *reference.RunError
	switch {
	case c.FloatErr != nil:
		return floatDoesNot, c.FloatErr.Error()
	case errors.As(err, &failed):
		if _, theirs := run.Run(r.Upstream, 0); theirs == nil {
			return "", err.Error()
		}
		return neitherRuns, err.Error()
	case err != nil:
		return "", err.Error()
	case c.UpstreamErr != nil:
		return onlyOursRuns, c.UpstreamErr.Error()
	case c.Difference == "":
		return same, ""
	case r.StatesDiffer() && c.Noise.Decibels() > right:
		return statesLost, c.Difference
	}
	return "", c.Difference
}
