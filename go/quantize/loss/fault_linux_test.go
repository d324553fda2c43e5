package loss

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
)

// Values of a mapped file that are gone are an error, in whichever worker.
func TestValuesThatAreGoneAreAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "values")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := mapping.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := planOf(t, encode.Int8PerTensor{}, []int32{1 << 18}, tflite.TensorTypeFLOAT32, file.Data)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	var fault *mapping.Fault
	if _, err := Of(context.Background(), p, 2); !errors.As(err, &fault) {
		t.Errorf("%v, want a fault", err)
	}
}
