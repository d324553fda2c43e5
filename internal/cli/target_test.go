package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// depthwise has an operator that XNNPACK computes slowly with int8, and one whose rows
// LiteRT adds wrongly.
func depthwise() []byte {
	m := synthetic.New()
	y := m.Tensor(1, 6, 6, 128)
	m.Op(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{m.Input(1, 6, 6, 128), m.Random(1, 3, 3, 128), m.Random(128)}, y)
	z := m.Tensor(1, 2)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{y, m.Weights([]int32{2, 6 * 6 * 128}, 1), -1}, z)
	m.Output(z)
	return m.Bytes()
}

func TestWarningsAndTheirRemedies(t *testing.T) {
	stand(t)
	if err := os.WriteFile("d.tflite", depthwise(), 0o666); err != nil {
		t.Fatal(err)
	}
	const slow = "warning: LiteRT 2.3 with XNNPACK takes "
	const sums = "warning: LiteRT on x86 processors, without XNNPACK, computes wrong values in 2 of 2 rows of the weights of subgraph 0, operator 1 (FULLY_CONNECTED), whose sums do not fit its 16 bits: --scheme legacy or --float-op FULLY_CONNECTED helps\n"
	for _, c := range []struct {
		args       string
		slow, sums bool
	}{
		{"d.tflite", true, true},
		{"plan d.tflite", true, true},
		{"d.tflite --for xnnpack", false, true},
		{"d.tflite --scheme legacy", false, false},
		{"d.tflite --float-op FULLY_CONNECTED", true, false},
		{"d.tflite --for litert --float-op FULLY_CONNECTED", false, false},
		{"d.tflite --for tflm", false, false},
	} {
		code, stdout, stderr := run(strings.Fields(c.args)...)
		if code != exitDone || strings.Contains(stdout, slow) != c.slow || strings.Contains(stdout, sums) != c.sums {
			t.Errorf("%s: code %d\n%s%s", c.args, code, stdout, stderr)
		}
	}
	if code, _, stderr := run("d.tflite", "--for", "litert"); code != exitUsage || !strings.HasPrefix(stderr, "quantize: --for: litert: LiteRT on x86") {
		t.Errorf("--for litert: code %d, %s", code, stderr)
	}
}
