package encode

import (
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Int8Widened is int8 with one scale for all values, as the MLIR quantizer of
// TensorFlow's QuantizeWeights computes it: values are those of Int8PerTensor, but the
// scale is that of Int8Reciprocal. Where the scale was widened, all of int8 is used and
// values come back too large. Where the two scales are more than 0.001 apart, as
// between values whose double is no float32, values are divided by the scale in
// float64. NaN counts for no scale. Minima and maxima that the model gives are dropped.
type Int8Widened struct{}

func (Int8Widened) String() string          { return "int8 per tensor" }
func (Int8Widened) Type() tflite.TensorType { return tflite.TensorTypeINT8 }

// Granularity is PerTensor.
func (Int8Widened) Granularity() Granularity { return Granularity{Scope: PerTensor} }

// Fit takes every tensor.
func (Int8Widened) Fit(t Tensor) (Encoding, error) { return int8Widened{int8Tensor{t.Values}}, nil }

// Parameters are scale and zero_point alone.
func (Int8Widened) Parameters(_ *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	return symmetric(n, 0)
}

type int8Widened struct{ int8Tensor }

func (e int8Widened) Encoder() Encoder { return &int8WidenedEncoder{int8TensorEncoder: *e.encoder()} }

type int8WidenedEncoder struct {
	int8TensorEncoder
	apart bool // the scales
}

// The distance of the two scales up to which values are those of Int8PerTensor.
const scaleTolerance = 1e-3

func (e *int8WidenedEncoder) Decide(values iter.Seq[[]byte]) {
	e.int8TensorEncoder.Decide(values)
	peak := e.peak
	if e.sawNaN() {
		peak = numbersPeak(values)
	}
	own := e.numbers.Scale[0]
	scale := widenedScale(peak)
	e.numbers.Scale[0] = scale
	e.apart = abs(own-scale) > scaleTolerance // never where one is NaN
}

// numbersPeak is the largest absolute value beside NaN.
func numbersPeak(values iter.Seq[[]byte]) float32 {
	var lo, hi float32
	for part := range values {
		lo, hi = kernel.MinMax(lo, hi, part)
	}
	return magnitude(lo, hi)
}

func (e *int8WidenedEncoder) Store(dst, scales, values []byte, part int) {
	if e.apart {
		kernel.Int8Divided(dst, values, float64(e.numbers.Scale[0]))
		return
	}
	e.int8TensorEncoder.Store(dst, scales, values, part)
}
