// Package test tests the rules and the example.
package test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

var write = flag.Bool("write", false, "write the models anew")

// The models are one operator each, with random weights.
func TestModelsAreFresh(t *testing.T) {
	for _, o := range synthetic.IsolatedOperators()[:10] {
		data, err := tflite.Write(&o.Small().ModelT)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("..", "example", "models", strings.ToLower(o.Operator.String())+".tflite")
		if *write {
			if err := os.WriteFile(path, data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: it is not what internal/synthetic makes (%v): go test ./bazel/test -write", path, err)
		}
	}
}
