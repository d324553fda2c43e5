//go:build (amd64 || arm64) && !noasm

package kernel

import (
	"math"
	"unsafe"
)

const (
	lanes = 8 // float32 values: the least that the kernels take

	// Rows of fewer channels than fewChannels are repeated until they are long
	// enough; mostRepeated has room for the longest result, 8 * 63.
	fewChannels  = 64
	mostRepeated = 512
)

func implementation() string {
	if useVectors {
		return vectors
	}
	return "portable"
}

func maxAbs(src []byte) float32 {
	if !useVectors || len(src) < lanes*floatSize {
		return maxAbsPortable(src)
	}
	return math.Float32frombits(maxAbsVector(src))
}

func toInt8(dst, src []byte, inverse float32) {
	if !useVectors || len(dst) < lanes {
		toInt8Portable(dst, src, inverse)
		return
	}
	toInt8Vector(dst, src, inverse)
}

func toInt8Wrapping(dst, src []byte, inverse float32) {
	if !useVectors || len(dst) < lanes {
		toInt8WrappingPortable(dst, src, inverse)
		return
	}
	toInt8WrappingVector(dst, src, inverse)
}

func toFloat32(dst, src []byte) {
	if !useVectors || len(src) < lanes*halfSize {
		toFloat32Portable(dst, src)
		return
	}
	toFloat32Vector(dst, src)
}

func toFloat16(dst, src []byte) {
	if !useVectors || len(src) < lanes*floatSize {
		toFloat16Portable(dst, src)
		return
	}
	toFloat16Vector(dst, src)
}

func minMax(lo, hi float32, src []byte) (float32, float32) {
	if !useVectors || len(src) < lanes*floatSize {
		return minMaxPortable(lo, hi, src)
	}
	lowest, highest := minMaxVector(lo, hi, src)
	return firstZero(lo, lowest, src, 1), firstZero(hi, highest, src, 1)
}

// firstZero corrects the sign of an extreme that became zero while several
// vectors went through one channel at once: the channel's first zero tells it.
// The channel's values are step values apart.
func firstZero(before, extreme float32, src []byte, step int) float32 {
	if extreme != 0 || before == 0 {
		return extreme
	}
	for i := 0; i < len(src); i += step * floatSize {
		if v := floatAt(src, i); v == 0 {
			return v
		}
	}
	return extreme
}

func minMaxInterleaved(lo, hi []float32, src []byte) {
	channels := len(lo)
	switch {
	case channels == 1:
		lo[0], hi[0] = minMax(lo[0], hi[0], src)
	case !useVectors || len(src) < lanes*floatSize:
		minMaxInterleavedPortable(lo, hi, src)
	case channels < fewChannels:
		minMaxFew(lo, hi, src)
	default:
		minMaxRows(lo, hi, src)
	}
}

// minMaxRows takes whole rows, then the begun one. A row shorter than a vector
// is left to the portable code.
func minMaxRows(lo, hi []float32, src []byte) {
	row := len(lo) * floatSize
	rows := len(src) / row
	minMaxRowsVector(lo, hi, src, rows)
	src = src[rows*row:]
	if rest := len(src) / floatSize; rest < lanes {
		minMaxInterleavedPortable(lo, hi, src)
	} else {
		minMaxRowsVector(lo[:rest], hi[:rest], src, 1)
	}
}

// minMaxFew handles several rows as one with that many times the channels, so
// that vectors are full, and folds the copies of each channel in the end.
func minMaxFew(lo, hi []float32, src []byte) {
	var lowRoom, highRoom [mostRepeated + lanes]float32
	channels := len(lo)
	wide := channels * copies(channels)
	lows, highs := aligned(lowRoom[:])[:wide], aligned(highRoom[:])[:wide]
	repeat(lows, lo)
	repeat(highs, hi)
	minMaxRows(lows, highs, src)
	for c := range lo {
		low, high := lo[c], hi[c]
		for i := c; i < wide; i += channels {
			low, _ = widened(low, 0, lows[i])
			_, high = widened(0, high, highs[i])
		}
		lo[c] = firstZero(lo[c], low, src[min(c*floatSize, len(src)):], channels)
		hi[c] = firstZero(hi[c], high, src[min(c*floatSize, len(src)):], channels)
	}
}

// aligned leaves out what lies before a vector's alignment: vectors that lie
// across two cache lines halve the speed.
func aligned(room []float32) []float32 {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(room))) / floatSize
	return room[-at%lanes:]
}

// copies tells how often a row of a few channels is repeated: until it is
// longer than fewChannels and a multiple of a vector.
func copies(channels int) int {
	return lanes * ((lanes + channels - 1) / channels)
}

func repeat[T float32 | float64](dst, src []T) {
	for len(dst) > 0 {
		dst = dst[copy(dst, src):]
	}
}

func toInt8WrappingInterleaved(dst, src []byte, inverse []float32) {
	channels := len(inverse)
	switch {
	case channels == 1:
		toInt8Wrapping(dst, src, inverse[0])
	case !useVectors || len(dst) < lanes:
		toInt8WrappingInterleavedPortable(dst, src, inverse)
	case channels < fewChannels:
		var repeated [mostRepeated]float32
		wide := channels * copies(channels)
		repeat(repeated[:wide], inverse)
		toInt8WrappingRows(dst, src, repeated[:wide])
	default:
		toInt8WrappingRows(dst, src, inverse)
	}
}

func toInt8WrappingRows(dst, src []byte, inverse []float32) {
	channels := len(inverse)
	rows := len(dst) / channels
	toInt8WrappingRowsVector(dst, src, inverse, rows)
	dst, src = dst[rows*channels:], src[rows*channels*floatSize:]
	if rest := len(dst); rest < lanes {
		toInt8WrappingInterleavedPortable(dst, src, inverse)
	} else {
		toInt8WrappingRowsVector(dst, src, inverse[:rest], 1)
	}
}

func toInt8Divided(dst, src []byte, step float64) {
	if !useVectors || len(dst) < lanes {
		toInt8DividedPortable(dst, src, step)
		return
	}
	toInt8DividedVector(dst, src, step, float32(1/step))
}

func toInt8DividedInterleaved(dst, src []byte, steps []float64, inverses []float32) {
	channels := len(steps)
	switch {
	case channels == 1:
		toInt8Divided(dst, src, steps[0])
	case !useVectors || len(dst) < lanes:
		toInt8DividedInterleavedPortable(dst, src, steps)
	case channels < fewChannels:
		var repeated [mostRepeated]float64
		var repeatedInverses [mostRepeated]float32
		wide := channels * copies(channels)
		repeat(repeated[:wide], steps)
		repeat(repeatedInverses[:wide], inverses)
		toInt8DividedRows(dst, src, repeated[:wide], repeatedInverses[:wide])
	default:
		toInt8DividedRows(dst, src, steps, inverses)
	}
}

func toInt8DividedRows(dst, src []byte, steps []float64, inverses []float32) {
	channels := len(steps)
	rows := len(dst) / channels
	toInt8DividedRowsVector(dst, src, steps, inverses, rows)
	dst, src = dst[rows*channels:], src[rows*channels*floatSize:]
	if rest := len(dst); rest < lanes {
		toInt8DividedInterleavedPortable(dst, src, steps)
	} else {
		toInt8DividedRowsVector(dst, src, steps[:rest], inverses[:rest], 1)
	}
}
