package options

import (
	"errors"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// An option that the model has nothing for is an error that names what looks like it.
func TestOptionsWithoutEffectAreErrors(t *testing.T) {
	for line, want := range map[string]string{
		"--keep conv/*":                  "",
		"--keep op:conv_2d":              "",
		"--keep op:CONV_2D --keep conv*": "",
		"--deny-op CONV_2D":              "",
		"--keep cnv/*":                   `--keep, --only or --rule: no constant "cnv/*" in the model, the nearest are conv/bias, conv/filter, up/filter`,
		"--rule dense/weight=float16":    `--keep, --only or --rule: no constant "dense/weight" in the model, the nearest are dense/weights, small/weights, conv/bias`,
		"--keep op:SVDF":                 `--keep, --only or --rule: no constant of an operator SVDF in the model, which has CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED`,
		"--keep index:40":                `--keep, --only or --rule: no constant with the index 40 in the model`,
		"--only elements:10000-":         `--keep, --only or --rule: no constant of 10000- elements in the model`,
		"--only conv/filtre":             `--keep, --only or --rule: no constant "conv/filtre" in the model, the nearest are conv/filter, conv/bias, up/filter`,
		"--only conv/*":                  "",
		"--keep index:1,elements:2000-":  "",
		"--deny-op SVDF":                 "--float-op or --deny-op: no operator SVDF in the model, which has CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED",
		"--custom-op Mine=1":             `--custom-op: no custom operator "Mine" in the model`,
	} {
		o, err := Parse(line)
		if err != nil {
			t.Fatal(line, err)
		}
		_, err = quantize.NewPlan(synthetic.Sample(), Strict{Options: o})
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
			continue
		}
		if err == nil || err.Error() != want || !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
