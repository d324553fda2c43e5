package encode

import (
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Int8Reciprocal is int8 with a scale for each index of a dimension, as the MLIR
// quantizer of TensorFlow's QuantizeWeights computes it: with the largest absolute
// value widened to 5e-7 where it is less, scale = f32(2*range / 254) in float32, and
// q = round(v * f32(1/scale)), halves away from zero, of which the low eight bits are
// taken and -128 is raised to -127. NaN counts for no range and becomes 0. Minima and
// maxima that the model gives are dropped.
type Int8Reciprocal struct{ Axis int32 }

func (Int8Reciprocal) String() string          { return "int8 per channel" }
func (Int8Reciprocal) Type() tflite.TensorType { return tflite.TensorTypeINT8 }

// Granularity is PerChannel.
func (f Int8Reciprocal) Granularity() Granularity {
	return Granularity{Scope: PerChannel, Axis: f.Axis}
}

// Fit takes every tensor that has the dimension.
func (f Int8Reciprocal) Fit(t Tensor) (Encoding, error) {
	if err := checkAxis(t, f.Axis); err != nil {
		return nil, err
	}
	return int8Reciprocal{channelsOf(t, f.Axis)}, nil
}

// Parameters are scale, zero_point and quantized_dimension alone.
func (f Int8Reciprocal) Parameters(_ *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	return symmetric(n, f.Axis)
}

// symmetric are parameters without anything of those that the model gives.
func symmetric(n *Numbers, axis int32) *tflite.QuantizationParametersT {
	return &tflite.QuantizationParametersT{Scale: n.Scale, ZeroPoint: n.ZeroPoint, QuantizedDimension: axis}
}

type int8Reciprocal struct{ channels }

// ParametersLen is that of the scales and zero points.
func (e int8Reciprocal) ParametersLen() int { return scaleLen * e.count }

func (e int8Reciprocal) Encoder() Encoder {
	c := newChannelEncoder(e.channels, reciprocal{wrapping{make([]float32, e.count)}})
	c.fromZero = true
	return &c
}

// reciprocal is the formula of Int8Reciprocal.
type reciprocal struct{ wrapping }

func (r reciprocal) scale(channel int, lo, hi float32) float32 {
	scale := widenedScale(magnitude(lo, hi))
	r.inverse[channel] = float32(1 / float64(scale))
	return scale
}

// The range from the lowest to the highest value that MLIR's quantizer widens smaller
// ones to.
const leastRange = 1e-6

// widened returns the largest absolute value that a scale is made of, for values of
// up to peak.
func widened(peak float32) float64 { return max(float64(peak), leastRange/2) }

// widenedScale is computed in float32; it is infinite where twice the peak is.
func widenedScale(peak float32) float32 {
	w := float32(widened(peak))
	return (w + w) / (2 * maxInt8)
}
