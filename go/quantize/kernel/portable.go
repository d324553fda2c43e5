package kernel

import (
	"encoding/binary"
	"math"
)

const (
	signBit    = 0x80000000
	infinity   = 0x7f800000
	almostHalf = 0x3effffff // 0.49999997, the largest float32 below one half
	floatInt32 = 0x4f000000 // 2^31, the first magnitude that int32 cannot hold
	int8Limit  = 127
)

func floatAt(src []byte, i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(src[i:]))
}

func maxAbsPortable(src []byte) float32 {
	// Without the sign bit, floats are ordered as their patterns are, and a NaN
	// lies above infinity.
	var peak uint32
	for ; len(src) >= floatSize; src = src[floatSize:] {
		peak = max(peak, binary.LittleEndian.Uint32(src)&^signBit)
	}
	return math.Float32frombits(peak)
}

// pairwiseRange finds the extremes as std::minmax_element does: the two values
// of a pair are compared with each other, then the smaller with the minimum and
// the larger with the maximum. Only the order of these comparisons tells what
// becomes of a NaN. A maximum is replaced by an equal value, a minimum is not.
func pairwiseRange(src []byte) float32 {
	n := len(src)
	if n == 0 {
		return 0
	}
	lowest := floatAt(src, 0)
	highest := lowest
	i := floatSize
	if i < n {
		lowest, highest = ordered(lowest, floatAt(src, i))
		i += floatSize
	}
	for ; i+floatSize < n; i += 2 * floatSize {
		low, high := ordered(floatAt(src, i), floatAt(src, i+floatSize))
		if low < lowest {
			lowest = low
		}
		if !(high < highest) {
			highest = high
		}
	}
	if i < n {
		last := floatAt(src, i)
		if last < lowest {
			lowest = last
		} else if !(last < highest) {
			highest = last
		}
	}
	lowest, highest = magnitude(lowest), magnitude(highest)
	if lowest < highest {
		return highest
	}
	return lowest
}

func ordered(first, second float32) (low, high float32) {
	if second < first {
		return second, first
	}
	return first, second
}

func magnitude(v float32) float32 {
	return math.Float32frombits(math.Float32bits(v) &^ signBit)
}

// rounded gives the product rounded to an integer, halves away from zero, as
// x86 code for it does: what does not fit, and NaN, becomes the lowest int32.
func rounded(v, inverse float32) int32 {
	// The conversion rounds the product by itself; without it a compiler may
	// fuse the product with the addition.
	x := float32(v * inverse)
	x += math.Float32frombits(math.Float32bits(x)&signBit | almostHalf)
	if math.Float32bits(x)&^signBit < floatInt32 {
		return int32(x)
	}
	return math.MinInt32
}

func saturated(q int32) byte {
	return byte(max(-int8Limit, min(int8Limit, q)))
}

func wrapped(q int32) byte {
	return byte(max(-int8Limit, int8(q)))
}

func toInt8Portable(dst, src []byte, inverse float32) {
	for i := range dst {
		dst[i] = saturated(rounded(floatAt(src, i*floatSize), inverse))
	}
}

func toInt8WrappingPortable(dst, src []byte, inverse float32) {
	for i := range dst {
		dst[i] = wrapped(rounded(floatAt(src, i*floatSize), inverse))
	}
}

func toInt8WrappingInterleavedPortable(dst, src []byte, inverse []float32) {
	for len(dst) > 0 {
		row := min(len(inverse), len(dst))
		for c, inv := range inverse[:row] {
			dst[c] = wrapped(rounded(floatAt(src, c*floatSize), inv))
		}
		dst, src = dst[row:], src[row*floatSize:]
	}
}

func minMaxPortable(lo, hi float32, src []byte) (float32, float32) {
	for ; len(src) >= floatSize; src = src[floatSize:] {
		lo, hi = widened(lo, hi, floatAt(src, 0))
	}
	return lo, hi
}

func minMaxInterleavedPortable(lo, hi []float32, src []byte) {
	for len(src) > 0 {
		row := min(len(lo), len(src)/floatSize)
		for c := range row {
			lo[c], hi[c] = widened(lo[c], hi[c], floatAt(src, c*floatSize))
		}
		src = src[row*floatSize:]
	}
}

// widened compares in the one way that lets the accumulator win over a NaN and
// over a zero of the other sign.
func widened(lo, hi, v float32) (float32, float32) {
	if v < lo {
		lo = v
	}
	if v > hi {
		hi = v
	}
	return lo, hi
}

func toFloat16Portable(dst, src []byte) {
	for i := 0; i < len(dst); i += halfSize {
		half := toHalf(binary.LittleEndian.Uint32(src[i*(floatSize/halfSize):]))
		binary.LittleEndian.PutUint16(dst[i:], half)
	}
}

const (
	halfLargest    = 0x7bff // 65504
	halfQuietNaN   = 0x7e00
	floatLargest   = 0x477fe000 // 65504
	floatNormal    = 0x38800000 // 2^-14, the smallest normal half
	floatHalf      = 0x3f000000 // 0.5
	exponentRebias = (127 - 15) << 23
	droppedBits    = 23 - 10
)

func toHalf(bits uint32) uint16 {
	sign := uint16(bits >> 16 & 0x8000)
	bits &^= signBit
	switch {
	case bits > infinity:
		return sign | halfQuietNaN | uint16(bits>>droppedBits&0x3ff)
	case bits >= floatLargest:
		return sign | halfLargest
	case bits >= floatNormal:
		odd := bits >> droppedBits & 1
		return sign | uint16((bits-exponentRebias+(1<<(droppedBits-1)-1)+odd)>>droppedBits)
	default:
		// The unit of the float32 values from 0.5 up is that of the denormal
		// halves, so the addition rounds to it.
		return sign | uint16(math.Float32bits(math.Float32frombits(bits)+0.5)-floatHalf)
	}
}
