package encode

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Half is IEEE half precision, rounded to nearest even, as litert-quantizer casts: what
// is beyond its range becomes infinite.
type Half struct{}

func (Half) String() string { return "float16" }

// Type is FLOAT16.
func (Half) Type() tflite.TensorType { return tflite.TensorTypeFLOAT16 }

// Granularity is NoScale.
func (Half) Granularity() Granularity { return Granularity{} }

// Fit takes every tensor.
func (Half) Fit(t Tensor) (Encoding, error) { return halves{copied{t.Values}}, nil }

// Parameters leaves them as they are.
func (Half) Parameters(given *tflite.QuantizationParametersT, _ *Numbers, _ int32) *tflite.QuantizationParametersT {
	return given
}

type halves struct{ copied }

func (e halves) Len() int         { return halfSize * e.values }
func (e halves) Encoder() Encoder { return e }

func (e halves) Store(dst, _, values []byte, _ int) { kernel.Half(dst, values) }
