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
		clear(dst[min(len(dst), len(src)/4*2):])
		toFloat16(dst, src)
	case Int8PerTensor:
		src = src[:4*len(dst)]
		r := kernel.Range(src)
		q.Scale[0] = tensorScale(r)
		int8PerTensor(dst, src, r)
	case Int8PerChannel:
		src = src[:4*len(dst)]
		channels, inner := channelLayout(t.Shape, plan.ChannelDim)
		lo, _ := storedExtremes(t.Quantization)
		if inner > 1 {
			int8Channels(dst, src, inner, 0, lo == nil, q)
			return
		}
		if lo == nil {
			startExtremes(src, channels, inner, q)
			kernel.MinMaxInterleaved(q.Min, q.Max, src)
		}
		kernel.Int8WrappingInterleaved(dst, src, channelScales(channels, q))
	}
}

// toFloat16 takes the bytes that src lacks of its last value for zeros, and
// leaves the rest of dst as it is.
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

// tensorScale is the scale of a tensor of a range, 1 for one of zeros.
func tensorScale(r float32) float32 {
	if r == 0 {
		return 1
	}
	return r / maxInt8
}

// int8PerTensor quantizes values of a tensor of range r. Where that is 0 all
// become 0, also a NaN that the range passed over.
func int8PerTensor(dst, src []byte, r float32) {
	if r == 0 {
		clear(dst)
		return
	}
	kernel.Int8(dst, src, maxInt8/r)
}

// channelScales fills in the scales that follow from minima and maxima, and
// returns their inverses.
func channelScales(channels int, q *tflite.QuantizationParametersT) (inverse []float32) {
	inverse = make([]float32, channels)
	for c := range inverse {
		inverse[c] = channelScale(c, q)
	}
	return inverse
}

// channelScale is channelScales for one channel. A channel of zeros has the
// inverse 0.
func channelScale(c int, q *tflite.QuantizationParametersT) (inverse float32) {
	half := magnitude(q.Min[c], q.Max[c])
	q.Scale[c] = half / maxInt8
	if half != 0 {
		inverse = maxInt8 / half
	}
	return inverse
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

// int8Channels quantizes whole channels of inner values each and fills in
// their parameters; the first one has the given number. A channel is still in
// the cache when it is read again, which is why each is done with at once. fold
// tells that minima and maxima are not known yet.
func int8Channels(dst, src []byte, inner, number int, fold bool, q *tflite.QuantizationParametersT) {
	for c := number; len(dst) > 0; c++ {
		channel := src[:4*inner]
		if fold {
			first := firstValue(channel)
			q.Min[c], q.Max[c] = kernel.MinMax(first, first, channel)
		}
		kernel.Int8Wrapping(dst[:inner], channel, channelScale(c, q))
		dst, src = dst[inner:], src[4*inner:]
	}
}

// int8Runs quantizes values whose channel changes after each inner of them. The
// first one is value number from of the tensor.
func int8Runs(dst, src []byte, inverse []float32, inner, from int) {
	for c, left := from/inner, inner-from%inner; len(dst) > 0; c, left = c+1, inner {
		n := min(left, len(dst))
		kernel.Int8Wrapping(dst[:n], src[:4*n], inverse[c])
		dst, src = dst[n:], src[4*n:]
	}
}

// startExtremes sets minima and maxima to the first value of each channel.
func startExtremes(src []byte, channels, inner int, q *tflite.QuantizationParametersT) {
	for c := range channels {
		first := firstValue(src[4*c*inner:])
		q.Min[c], q.Max[c] = first, first
	}
}

func firstValue(src []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(src)) }

// foldExtremes widens lo and hi by the values of src, whose channel changes
// after each inner of them. The first one is value number from of channel 0.
func foldExtremes(lo, hi []float32, src []byte, inner, from int) {
	if inner == 1 {
		kernel.MinMaxInterleaved(lo, hi, src)
		return
	}
	for c, left := 0, inner-from; len(src) > 0; c, left = c+1, inner {
		n := min(left, len(src)/4)
		lo[c], hi[c] = kernel.MinMax(lo[c], hi[c], src[:4*n])
		src = src[4*n:]
	}
}
