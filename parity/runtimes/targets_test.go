package runtimes_test

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

var fetched = flag.Bool("fetched", false, "also run TFLite Micro, which PyPI is asked for: it takes a network")

// networks have all operators that compute with int8 weights, and are small.
var networks = []string{"EfficientNet blocks", "text CNN", "transformer block", "LSTM over a sequence", "SVDF", "decoder of transposed convolutions"}

// A file that is made for a target is right in all of its runtimes, or is refused because
// the runtime does not run the float model.
func TestTargetsRunTheirFiles(t *testing.T) {
	all := slices.Clone(runtimes.ForTest(t))
	if *fetched {
		micro := runtimes.MicroRuntime()
		t.Cleanup(func() { micro.Close() })
		all = append(all, micro)
	}
	for _, n := range synthetic.Nets() {
		if !slices.Contains(networks, n.Name) {
			continue
		}
		m := &n.Model().ModelT
		trial := runtimes.Trial{Decibels: 15}
		trial.Want = compute(t, all, trial, write(t, m))
		for _, one := range target.Targets() {
			t.Run(n.Name+"/"+one.Name, func(t *testing.T) {
				file, err := quantize.Bytes(m, quantizerFor(t, one.Name))
				if err != nil && strings.Contains(err.Error(), "also in float32") {
					t.Log(err)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range all {
					if !slices.Contains(one.Runtimes, r.Name) {
						continue
					}
					if is, why := trial.Outcome(r, file); is != runtimes.Right {
						if float, _ := trial.Outcome(r, write(t, m)); float == runtimes.Refused && is == float {
							t.Logf("%s refuses the float model too: %s", r.Name, why)
							continue
						}
						t.Errorf("%s: %s: %s", r.Name, is, why)
					}
				}
			})
		}
	}
}

func quantizerFor(t *testing.T, name string) quantize.Quantizer {
	t.Helper()
	set := pflag.NewFlagSet("options", pflag.ContinueOnError)
	f := options.Register(set)
	if err := set.Parse([]string{"--for", name}); err != nil {
		t.Fatal(err)
	}
	q, _, err := f.Quantizer()
	if err != nil {
		t.Fatal(err)
	}
	return q
}
