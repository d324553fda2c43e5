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

	almostHalf64 = 0.5 - 0x1p-54 // 0.49999999999999994, the largest float64 below one half
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

// Add takes the values that follow those of earlier calls.
func (r *PairwiseRange) Add(src []byte) {
	checkFloats("PairwiseRange", src)
	for i := 0; i < len(src); i += floatSize {
		v := floatAt(src, i)
		switch {
		case r.count == 0:
			r.lowest, r.highest = v, v
		case r.count == 1:
			r.lowest, r.highest = ordered(r.lowest, v)
		case r.count%2 == 0:
			r.single = v
		default:
			r.pair(ordered(r.single, v))
		}
		r.count++
	}
}

func (r *PairwiseRange) pair(low, high float32) {
	if low < r.lowest {
		r.lowest = low
	}
	if !(high < r.highest) {
		r.highest = high
	}
}

// Magnitude returns the larger of |min| and |max| of the values so far, 0 of none.
func (r *PairwiseRange) Magnitude() float32 {
	lowest, highest := r.lowest, r.highest
	if r.count > 2 && r.count%2 == 1 { // the last value is in no pair
		if r.single < lowest {
			lowest = r.single
		} else if !(r.single < highest) {
			highest = r.single
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

func toInt8DividedPortable(dst, src []byte, step float64) {
	for i := range dst {
		dst[i] = divided(floatAt(src, i*floatSize), step)
	}
}

func toInt8DividedInterleavedPortable(dst, src []byte, steps []float64) {
	for len(dst) > 0 {
		row := min(len(steps), len(dst))
		for c, step := range steps[:row] {
			dst[c] = divided(floatAt(src, c*floatSize), step)
		}
		dst, src = dst[row:], src[row*floatSize:]
	}
}

// divided adds the largest float64 below one half, which carries halves and nothing
// less over to the next integer.
func divided(v float32, step float64) byte {
	x := float64(v) / step
	switch {
	case x > int8Limit:
		return int8Limit
	case x < -int8Limit:
		return 256 - int8Limit
	case x != x:
		return 0
	}
	return byte(int8(x + math.Copysign(almostHalf64, x)))
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

func toFloat32Portable(dst, src []byte) {
	for i := 0; i < len(src); i += halfSize {
		binary.LittleEndian.PutUint32(dst[i*(floatSize/halfSize):], fromHalf(binary.LittleEndian.Uint16(src[i:])))
	}
}

// fromHalf is exact, also for a NaN, which becomes quiet as by x86's VCVTPH2PS.
func fromHalf(half uint16) uint32 {
	sign, bits := uint32(half&0x8000)<<16, uint32(half&0x7fff)
	switch {
	case bits > halfInfinity:
		return sign | infinity | 1<<22 | bits<<droppedBits&0x7fffff
	case bits == halfInfinity:
		return sign | infinity
	case bits >= halfNormal:
		return sign | (bits<<droppedBits + exponentRebias)
	default: // a multiple of 2^-24, which float32 holds as it is
		return sign | math.Float32bits(float32(bits)*0x1p-24)
	}
}

func toFloat16Portable(dst, src []byte) {
	for i := 0; i < len(dst); i += halfSize {
		half := toHalf(binary.LittleEndian.Uint32(src[i*(floatSize/halfSize):]))
		binary.LittleEndian.PutUint16(dst[i:], half)
	}
}

const (
	halfLargest    = 0x7bff // 65504
	halfInfinity   = 0x7c00
	halfNormal     = 0x0400 // 2^-14, the smallest normal half
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
