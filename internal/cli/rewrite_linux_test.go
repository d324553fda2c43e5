package cli

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/rewritetest"
)

var rewrites = flag.Int("rewrites", 10, "how often the command reads a model while it is rewritten, for each way of doing that")

// However a valid model is written to while the command reads it, the exit code is that of
// success, or of a model that cannot be read, which leaves no output.
func TestModelsThatAreRewrittenCannotBeReadAtMost(t *testing.T) {
	codes := map[int]int{}
	rewritetest.Each(t, *rewrites, func(t *testing.T, path string) {
		out := path + ".out"
		var stdout, stderr bytes.Buffer
		code := Run([]string{path, "-o", out}, &stdout, &stderr)
		if code != exitDone && code != exitRead {
			t.Errorf("exit code %d: %s", code, stderr.String())
		}
		if _, err := os.Stat(out); (err == nil) != (code == exitDone) {
			t.Errorf("exit code %d, and the output: %v", code, err)
		}
		os.Remove(out)
		codes[code]++
	})
	t.Log("runs by exit code:", codes)
}
