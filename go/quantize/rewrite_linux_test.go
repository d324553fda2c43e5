package quantize_test

import (
	"errors"
	"flag"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/rewritetest"
)

var rewrites = flag.Int("rewrites", 25, "how often a model is read while it is rewritten, for each way of doing that")

// However a valid model is written to while it is read, the end is a file or ErrChanged:
// neither another error, nor a panic, nor memory without bounds, which would end the
// process.
func TestModelsThatAreRewrittenHaveChanged(t *testing.T) {
	rewritetest.Each(t, *rewrites, func(t *testing.T, path string) {
		_, err := quantize.File(path, path+".out", quantize.Options{})
		expectChanged(t, err)
		expectChanged(t, quantize.View(path, func(*tflite.ModelT) error { return nil }))
	})
}

func expectChanged(t *testing.T, err error) {
	t.Helper()
	if err != nil && (!errors.Is(err, quantize.ErrChanged) || !errors.Is(err, quantize.ErrRead)) {
		t.Errorf("the error is %v, want %v", err, quantize.ErrChanged)
	}
}
