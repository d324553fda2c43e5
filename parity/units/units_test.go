package units_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

func upstream(t testing.TB) *reference.Quantizer {
	q := &reference.Quantizer{Timeout: 40 * time.Second}
	t.Cleanup(func() { q.Close() })
	return q
}

func compare(t *testing.T, q *reference.Quantizer, file []byte, o mlir.Options) {
	r, err := units.Quantize(q, file, o)
	switch {
	case errors.Is(err, units.ErrUpstream):
		t.Log("UPSTREAM", err)
	case err != nil:
		t.Error(err)
	case !r.Good():
		t.Errorf("%.3000s", r.String())
	default:
		t.Logf("EQUAL %d", r.Equal)
	}
}

func TestNets(t *testing.T) {
	q := upstream(t)
	for _, n := range synthetic.Nets() {
		for name, o := range modes {
			t.Run(n.Name+"/"+name, func(t *testing.T) { compare(t, q, n.Model().Bytes(), o) })
		}
	}
}

var modes = map[string]mlir.Options{
	"default":    {},
	"float16":    {Float16: true},
	"minimum 1":  {MinElements: 1},
	"per tensor": {PerTensor: true},
}

func TestRealModels(t *testing.T) {
	q := upstream(t)
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		file, err := os.ReadFile(m.Path)
		if err != nil {
			t.Fatal(err)
		}
		for name, o := range modes {
			t.Run(m.Name+"/"+name, func(t *testing.T) { compare(t, q, file, o) })
		}
	}
}
