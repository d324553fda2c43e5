// Package kernel turns float32 weights into int8 or float16, bit for bit as
// TensorFlow Lite's Quantize Weights does on x86-64.
//
// Sources are little-endian float32 values in bytes, at any alignment and on
// machines of either byte order, so that they can be views of a mapped file.
// Destinations are bytes too: an int8 is one byte, a float16 two, the lower
// first. A source and a destination never overlap. Empty slices are allowed;
// lengths that do not fit each other are the caller's mistake and panic.
//
// The portable implementation is the specification. Every other one gives the
// same bits for every input, NaN, infinities, zeros and denormals included.
package kernel

import "fmt"

const (
	floatSize = 4
	halfSize  = 2
)

// Implementation names the code in use on this machine: "avx2", "neon" or "portable".
func Implementation() string {
	return implementation()
}

// Range returns the magnitude from which the scale of a whole tensor is
// derived: the larger of |min| and |max|, where min and max are those of
// std::minmax_element. That algorithm compares elements in pairs, so a NaN
// wins or loses by its position, and may hide its neighbour. Without a NaN the
// result is the largest absolute value, as MaxAbs. An empty source gives 0.
func Range(src []byte) float32 {
	peak := MaxAbs(src)
	if peak != peak {
		var r PairwiseRange
		r.Add(src)
		return r.Magnitude()
	}
	return peak
}

// A PairwiseRange finds what Range gives for a tensor that comes in pieces. It
// compares as std::minmax_element does: the two values of a pair with each other,
// then the smaller with the minimum and the larger with the maximum. Only the order
// of these comparisons tells what becomes of a NaN. A maximum is replaced by an
// equal value, a minimum is not. It is slow: MaxAbs does where there is no NaN.
type PairwiseRange struct {
	lowest, highest float32
	single          float32 // the first value of a pair whose second one is to come
	count           int
}

// MaxAbs returns the largest absolute value, or a NaN when src contains one.
// It is Range for a tensor that is handled in pieces: the largest result of all
// pieces is the tensor's range unless it is a NaN, when Range must see the
// whole tensor. An empty source gives 0.
func MaxAbs(src []byte) float32 {
	checkFloats("MaxAbs", src)
	return maxAbs(src)
}

// Float32 writes each IEEE half of src as the float32 with the same value. A NaN
// keeps its sign and payload and becomes quiet. dst has twice the bytes of src.
func Float32(dst, src []byte) {
	if len(src)%halfSize != 0 || len(dst) != len(src)/halfSize*floatSize {
		panic(fmt.Sprintf("kernel: Float32: dst has %d bytes and src %d, expected twice an even number", len(dst), len(src)))
	}
	toFloat32(dst, src)
}

// Int8 writes round(v*inverse), halves away from zero, saturated to
// [-127, 127], for each v of src. The product is rounded to float32 before it
// is rounded to an integer. What int32 cannot hold, and NaN, gives -127.
func Int8(dst, src []byte, inverse float32) {
	checkPair("Int8", dst, src, 1)
	toInt8(dst, src, inverse)
}

// MinMax folds the values of one channel into lo and hi. Start both with the
// channel's first value. A NaN that is there already stays, one in src is
// passed over; of zeros with different signs the first stays.
func MinMax(lo, hi float32, src []byte) (float32, float32) {
	checkFloats("MinMax", src)
	return minMax(lo, hi, src)
}

// MinMaxInterleaved is MinMax for channels that alternate: element i of src
// belongs to channel i % len(lo). Start lo and hi with the first value of each
// channel. They have the same length, the number of channels.
func MinMaxInterleaved(lo, hi []float32, src []byte) {
	checkFloats("MinMaxInterleaved", src)
	if len(lo) != len(hi) {
		panic(fmt.Sprintf("kernel: MinMaxInterleaved: hi has %d channels, expected %d as lo", len(hi), len(lo)))
	}
	checkChannels("MinMaxInterleaved", len(lo), src)
	minMaxInterleaved(lo, hi, src)
}

// Int8Wrapping writes round(v*inverse), halves away from zero, of which the low
// eight bits are taken as an int8 and -128 is raised to -127. It wraps where
// Int8 saturates, so a value outside the range that inverse stands for gives an
// unrelated number. What int32 cannot hold, and NaN, gives 0.
func Int8Wrapping(dst, src []byte, inverse float32) {
	checkPair("Int8Wrapping", dst, src, 1)
	toInt8Wrapping(dst, src, inverse)
}

// Int8WrappingInterleaved is Int8Wrapping for channels that alternate: element
// i of src belongs to channel i % len(inverse).
func Int8WrappingInterleaved(dst, src []byte, inverse []float32) {
	checkPair("Int8WrappingInterleaved", dst, src, 1)
	checkChannels("Int8WrappingInterleaved", len(inverse), src)
	toInt8WrappingInterleaved(dst, src, inverse)
}

// Int8Divided writes round(v/step), halves away from zero, limited to [-127, 127], for
// each v of src, computed in float64. NaN gives 0. step is positive.
func Int8Divided(dst, src []byte, step float64) {
	checkPair("Int8Divided", dst, src, 1)
	toInt8Divided(dst, src, step)
}

// Int8DividedInterleaved is Int8Divided for channels that alternate: element i of src
// belongs to channel i % len(steps). inverses are float32(1/step) of the steps.
func Int8DividedInterleaved(dst, src []byte, steps []float64, inverses []float32) {
	checkPair("Int8DividedInterleaved", dst, src, 1)
	if len(steps) != len(inverses) {
		panic(fmt.Sprintf("kernel: Int8DividedInterleaved: there are %d inverses, expected %d as steps", len(inverses), len(steps)))
	}
	checkChannels("Int8DividedInterleaved", len(steps), src)
	toInt8DividedInterleaved(dst, src, steps, inverses)
}

// Float16 writes each value, limited to ±65504 (the largest finite float16),
// rounded to nearest even as an IEEE half. Infinities are limited too. A NaN
// stays one: it keeps its sign and the upper ten bits of its payload, and
// becomes quiet.
func Float16(dst, src []byte) {
	checkPair("Float16", dst, src, halfSize)
	toFloat16(dst, src)
}

func checkFloats(name string, src []byte) {
	if len(src)%floatSize != 0 {
		panic(fmt.Sprintf("kernel: %s: src has %d bytes, expected a multiple of %d", name, len(src), floatSize))
	}
}

func checkPair(name string, dst, src []byte, size int) {
	checkFloats(name, src)
	if want := len(src) / floatSize * size; len(dst) != want {
		panic(fmt.Sprintf("kernel: %s: dst has %d bytes, expected %d for the %d values of src",
			name, len(dst), want, len(src)/floatSize))
	}
}

func checkChannels(name string, channels int, src []byte) {
	if channels == 0 && len(src) > 0 {
		panic(fmt.Sprintf("kernel: %s: there is no channel, expected at least 1 for the %d values of src",
			name, len(src)/floatSize))
	}
}
