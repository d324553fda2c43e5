package encode

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Int8Divided is int8 as TFLiteConverter computes it, in float64: with the largest
// absolute value widened to 5e-7 where it is less, scale = 2*range / 254, of which the
// model gets the nearest float32, and q = round(v / scale), halves away from zero,
// limited to [-127, 127]. NaN counts for no range and becomes 0; an infinity makes all
// values of its scale 0. Minima and maxima that the model gives are dropped.
type Int8Divided struct {
	Scope Scope // PerTensor or PerChannel
	Axis  int32 // for PerChannel
}

func (f Int8Divided) String() string        { return "int8 " + f.Scope.String() }
func (Int8Divided) Type() tflite.TensorType { return tflite.TensorTypeINT8 }

// Granularity is PerTensor or PerChannel.
func (f Int8Divided) Granularity() Granularity { return Granularity{Scope: f.Scope, Axis: f.Axis} }

// Fit takes every tensor that has the dimension.
func (f Int8Divided) Fit(t Tensor) (Encoding, error) {
	if f.Scope == PerTensor {
		return int8Divided{channels{t.Values, 1, t.Values}}, nil
	}
	if err := checkAxis(t, f.Axis); err != nil {
		return nil, err
	}
	return int8Divided{channelsOf(t, f.Axis)}, nil
}

// Parameters are scale, zero_point and quantized_dimension alone.
func (f Int8Divided) Parameters(_ *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	return symmetric(n, f.Axis)
}

type int8Divided struct{ channels }

// ParametersLen is that of the scales and zero points.
func (e int8Divided) ParametersLen() int { return scaleLen * e.count }

func (e int8Divided) Encoder() Encoder {
	c := newChannelEncoder(e.channels, divided{make([]float64, e.count), make([]float32, e.count)})
	c.fromZero = true
	return &c
}

// divided is the formula of Int8Divided.
type divided struct {
	steps    []float64
	inverses []float32
}

func (d divided) scale(channel int, lo, hi float32) float32 {
	w := widened(magnitude(lo, hi))
	d.steps[channel] = (w + w) / (2 * maxInt8)
	d.inverses[channel] = float32(1 / d.steps[channel])
	return float32(d.steps[channel])
}

func (d divided) store(dst, values []byte, channel int) {
	kernel.Int8Divided(dst, values, d.steps[channel])
}

func (d divided) storeInterleaved(dst, values []byte) {
	kernel.Int8DividedInterleaved(dst, values, d.steps, d.inverses)
}
