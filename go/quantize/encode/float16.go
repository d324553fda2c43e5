package encode

import (
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Float16 is IEEE half precision: values limited to ±65504 and rounded to nearest
// even, as by TensorFlow Lite's Quantize Weights. A source that is shorter than the
// tensor's shape is filled up with zeros.
type Float16 struct{}

func (Float16) String() string { return "float16" }

// Type is FLOAT16.
func (Float16) Type() tflite.TensorType { return tflite.TensorTypeFLOAT16 }

// Granularity is NoScale.
func (Float16) Granularity() Granularity { return Granularity{} }

// Fit takes every tensor.
func (Float16) Fit(t Tensor) (Encoding, error) { return float16{t.Values}, nil }

// Parameters leaves them as they are.
func (Float16) Parameters(given *tflite.QuantizationParametersT, _ *Numbers, _ int32) *tflite.QuantizationParametersT {
	return given
}

const halfSize = 2 // bytes of a float16

// A float16 is encoding and encoder in one: it has no parameters to find.
type float16 struct{ values int }

func (e float16) Values() int             { return e.values }
func (e float16) Len() int                { return halfSize * e.values }
func (e float16) ScalesLen() int          { return 0 }
func (e float16) ParametersLen() int      { return 0 }
func (e float16) Encoder() Encoder        { return e }
func (e float16) Numbers() *Numbers       { return &Numbers{} }
func (e float16) Parts(most int) Parts    { return Parts{Values: max(1, most/floatSize)} }
func (e float16) Look([]byte, int)        {}
func (e float16) Decide(iter.Seq[[]byte]) {}

// Store takes the bytes that the source's last value lacks for zeros.
func (e float16) Store(dst, _, values []byte, _ int) {
	whole := len(values) / floatSize
	kernel.Float16(dst[:halfSize*whole], values[:floatSize*whole])
	dst = dst[halfSize*whole:]
	clear(dst)
	if rest := values[floatSize*whole:]; len(rest) > 0 {
		var last [floatSize]byte
		copy(last[:], rest)
		kernel.Float16(dst[:halfSize], last[:])
	}
}
