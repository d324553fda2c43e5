package kernel

import (
	"encoding/binary"
	"math"

	"github.com/x448/float16"
)

// What follows says again what the kernels do, one value at a time and with
// other means: products in float64, rounding by package math, minimum and
// maximum as positions, float16 by another library.

func naiveRounded(v, inverse float32) int32 {
	// A product of two float32 values is exact in float64.
	product := float32(float64(v) * float64(inverse))
	whole := math.Round(float64(product))
	if whole >= math.MinInt32 && whole <= math.MaxInt32 {
		return int32(whole)
	}
	return math.MinInt32
}

func naiveInt8(v, inverse float32) int8 {
	q := naiveRounded(v, inverse)
	if q > 127 {
		return 127
	}
	if q < -127 {
		return -127
	}
	return int8(q)
}

func naiveInt8Wrapping(v, inverse float32) int8 {
	q := int8(uint32(naiveRounded(v, inverse)) & 0xff)
	if q == -128 {
		return -127
	}
	return q
}

func naiveInt8Divided(v float32, step float64) int8 {
	x := math.Round(float64(v) / step)
	if math.IsNaN(x) {
		return 0
	}
	return int8(math.Max(-127, math.Min(127, x)))
}

func naiveFloat16(v float32) uint16 {
	if v > 65504 {
		v = 65504
	}
	if v < -65504 {
		v = -65504
	}
	return float16.Fromfloat32(v).Bits()
}

// naiveRange walks over positions as the algorithm of the C++ standard library
// does: two at a time, at most three comparisons for two values.
func naiveRange(values []float32) float32 {
	if len(values) == 0 {
		return 0
	}
	lowest, highest := 0, 0
	less := func(i, j int) bool { return values[i] < values[j] }
	for first := 0; first < len(values); first += 2 {
		second := first + 1
		switch {
		case second == len(values) && first > 0:
			if less(first, lowest) {
				lowest = first
			} else if !less(first, highest) {
				highest = first
			}
		case second == len(values):
		case first == 0 && less(second, first):
			lowest = second
		case first == 0:
			highest = second
		case less(second, first):
			if less(second, lowest) {
				lowest = second
			}
			if !less(first, highest) {
				highest = first
			}
		default:
			if less(first, lowest) {
				lowest = first
			}
			if !less(second, highest) {
				highest = second
			}
		}
	}
	low := math.Float32frombits(math.Float32bits(values[lowest]) & 0x7fffffff)
	high := math.Float32frombits(math.Float32bits(values[highest]) & 0x7fffffff)
	if low < high {
		return high
	}
	return low
}

func naiveMinMax(lo, hi float32, values []float32) (float32, float32) {
	for _, v := range values {
		if !math.IsNaN(float64(v)) && !math.IsNaN(float64(lo)) && v != lo && math.Min(float64(v), float64(lo)) == float64(v) {
			lo = v
		}
		if !math.IsNaN(float64(v)) && !math.IsNaN(float64(hi)) && v != hi && math.Max(float64(v), float64(hi)) == float64(v) {
			hi = v
		}
	}
	return lo, hi
}

func valuesOf(src []byte) []float32 {
	values := make([]float32, len(src)/floatSize)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[i*floatSize:]))
	}
	return values
}

func bytesOf(values []float32) []byte {
	src := make([]byte, 0, len(values)*floatSize)
	for _, v := range values {
		src = binary.LittleEndian.AppendUint32(src, math.Float32bits(v))
	}
	return src
}
