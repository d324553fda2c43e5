package quantize

import (
	"encoding/binary"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// quantizeTensor turns src, the float32 values of tensor t, into dst and fills
// in the parameters that say how.
func quantizeTensor(dst, src []byte, plan *TensorPlan, t *tflite.TensorT, q *tflite.QuantizationParametersT) {
	switch plan.Action {
	case ToFloat16:
		toFloat16(dst, src)
	case Int8PerTensor:
		q.Scale[0] = perTensor(dst, src[:4*len(dst)])
	case Int8PerChannel:
		src = src[:4*len(dst)]
		channels, inner := channelLayout(t.Shape, plan.ChannelDim)
		if lo, _ := storedExtremes(t.Quantization); lo == nil {
			findExtremes(src, channels, inner, q)
		}
		perChannel(dst, src, channels, inner, q)
	}
}

// toFloat16 takes what src lacks for zeros, down to the bytes of a value. dst is zero.
func toFloat16(dst, src []byte) {
	whole := len(src) / 4
	kernel.Float16(dst[:2*whole], src[:4*whole])
	if rest := src[4*whole:]; len(rest) > 0 {
		var last [4]byte
		copy(last[:], rest)
		kernel.Float16(dst[2*whole:2*whole+2], last[:])
	}
}

const maxInt8 = 127

// perTensor returns the scale, 1 for a tensor of zeros.
func perTensor(dst, src []byte) float32 {
	r := kernel.Range(src)
	if r == 0 {
		clear(dst)
		return 1
	}
	kernel.Int8(dst, src, maxInt8/r)
	return r / maxInt8
}

// perChannel quantizes with a scale for each channel, whose minima and maxima
// are in q. Values of one channel
// come in runs of inner, one run for each channel in turn.
func perChannel(dst, src []byte, channels, inner int, q *tflite.QuantizationParametersT) {
	inverse := make([]float32, channels)
	for c := range inverse {
		half := magnitude(q.Min[c], q.Max[c])
		q.Scale[c] = half / maxInt8
		if half != 0 {
			inverse[c] = maxInt8 / half
		}
	}
	if inner == 1 {
		kernel.Int8WrappingInterleaved(dst, src, inverse)
		return
	}
	for run := 0; run*inner < len(dst); run++ {
		from, to := run*inner, (run+1)*inner
		kernel.Int8Wrapping(dst[from:to], src[4*from:4*to], inverse[run%channels])
	}
}

// magnitude is std::max of the absolute values: a NaN in lo stays, one in hi is
// passed over.
func magnitude(lo, hi float32) float32 {
	lo, hi = abs(lo), abs(hi)
	if lo < hi {
		return hi
	}
	return lo
}

func abs(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }

func findExtremes(src []byte, channels, inner int, q *tflite.QuantizationParametersT) {
	for c := range channels {
		first := math.Float32frombits(binary.LittleEndian.Uint32(src[4*c*inner:]))
		q.Min[c], q.Max[c] = first, first
	}
	if inner == 1 {
		kernel.MinMaxInterleaved(q.Min, q.Max, src)
		return
	}
	for run := 0; 4*run*inner < len(src); run++ {
		c := run % channels
		q.Min[c], q.Max[c] = kernel.MinMax(q.Min[c], q.Max[c], src[4*run*inner:4*(run+1)*inner])
	}
}
