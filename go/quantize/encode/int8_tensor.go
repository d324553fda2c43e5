package encode

import (
	"iter"
	"slices"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Int8PerTensor is int8 with one scale for all values, as TensorFlow Lite's
// Quantize Weights computes it in float32: scale = range / 127, where range is
// the largest absolute value, and q = round(v * (127 / range)), halves away from
// zero, limited to [-127, 127]. A tensor of zeros has the scale 1.
type Int8PerTensor struct{}

func (Int8PerTensor) String() string          { return "int8 per tensor" }
func (Int8PerTensor) Type() tflite.TensorType { return tflite.TensorTypeINT8 }

// Granularity is PerTensor.
func (Int8PerTensor) Granularity() Granularity { return Granularity{Scope: PerTensor} }

// Fit takes every tensor.
func (Int8PerTensor) Fit(t Tensor) (Encoding, error) { return int8Tensor{t.Values}, nil }

// Parameters sets scale and zero_point.
func (Int8PerTensor) Parameters(given *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	q := copyOf(given)
	q.Scale, q.ZeroPoint = n.Scale, n.ZeroPoint
	return q
}

func copyOf(given *tflite.QuantizationParametersT) *tflite.QuantizationParametersT {
	q := new(tflite.QuantizationParametersT)
	if given != nil {
		*q = *given
	}
	return q
}

type int8Tensor struct{ values int }

func (e int8Tensor) Values() int    { return e.values }
func (e int8Tensor) Len() int       { return e.values }
func (e int8Tensor) ScalesLen() int { return 0 }

// ParametersLen is that of a scale and a zero point.
func (e int8Tensor) ParametersLen() int { return scaleLen }

// scaleLen is the bytes of a scale and a zero point.
const scaleLen = 4 + 8

func (e int8Tensor) Encoder() Encoder { return e.encoder() }

func (e int8Tensor) encoder() *int8TensorEncoder {
	return &int8TensorEncoder{int8Tensor: e, numbers: Numbers{Scale: make([]float32, 1), ZeroPoint: zeroPoints(1)}}
}

type int8TensorEncoder struct {
	int8Tensor
	numbers Numbers
	peaks   []float32 // by part, the largest absolute value
	peak    float32
}

func (e *int8TensorEncoder) Numbers() *Numbers { return &e.numbers }

func (e *int8TensorEncoder) Parts(most int) Parts {
	p := Parts{Values: max(1, most/floatSize), Look: true}
	e.peaks = make([]float32, parts(e.values, p.Values))
	return p
}

func (e *int8TensorEncoder) Look(values []byte, part int) { e.peaks[part] = kernel.MaxAbs(values) }

func (e *int8TensorEncoder) Decide(values iter.Seq[[]byte]) {
	if e.sawNaN() { // beside which the range depends on the place of each value
		e.peak = rangeOf(values)
	} else {
		e.peak = slices.Max(e.peaks)
	}
	e.numbers.Scale[0] = 1
	if e.peak != 0 {
		e.numbers.Scale[0] = e.peak / maxInt8
	}
}

func (e *int8TensorEncoder) sawNaN() bool {
	return slices.ContainsFunc(e.peaks, func(p float32) bool { return p != p })
}

func rangeOf(values iter.Seq[[]byte]) float32 {
	var r kernel.PairwiseRange
	for part := range values {
		r.Add(part)
	}
	return r.Magnitude()
}

// Store makes zeros where the range is 0, also of a NaN that the range passed over.
func (e *int8TensorEncoder) Store(dst, _, values []byte, _ int) {
	if e.peak == 0 {
		clear(dst)
		return
	}
	kernel.Int8(dst, values, maxInt8/e.peak)
}

const maxInt8 = 127

var zeros struct {
	sync.Mutex
	points []int64
}

// zeroPoints returns n zero points of symmetric formats, which all tensors share.
func zeroPoints(n int) []int64 {
	zeros.Lock()
	defer zeros.Unlock()
	if len(zeros.points) < n {
		zeros.points = make([]int64, n)
	}
	return zeros.points[:n:n]
}
