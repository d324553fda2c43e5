package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Integers writes round(v/scale + zero), halves to even, limited to [low, high], for
// each v of src, computed in float32: one byte each. What is no number then, as where
// 0 or an infinity is divided by itself, gives 0, whatever the limits are.
func Integers(dst, src []byte, scale, zero float32, low, high int8) {
	checkPair("Integers", dst, src, 1)
	toIntegers(dst, src, scale, zero, low, high)
}

// IntegersInterleaved is Integers for channels that alternate: element i of src belongs
// to channel i % len(scales). There are as many zeros as scales.
func IntegersInterleaved(dst, src []byte, scales, zeros []float32, low, high int8) {
	checkPair("IntegersInterleaved", dst, src, 1)
	checkChannels("IntegersInterleaved", len(scales), src)
	if len(zeros) != len(scales) {
		panic(fmt.Sprintf("kernel: IntegersInterleaved: there are %d zeros, expected %d as scales", len(zeros), len(scales)))
	}
	toIntegersInterleaved(dst, src, scales, zeros, low, high)
}

// Pack4 writes the low four bits of each of codes, two to a byte, the first in the lower
// half. Bits that are left of the last byte are 0.
func Pack4(dst, codes []byte) {
	checkPacked("Pack4", dst, codes, 2)
	done := pack4(dst, codes)
	pack4Portable(dst[done/2:], codes[done:])
}

// Pack2 writes the low two bits of each of codes, four to a byte, the first in the
// lowest. Bits that are left of the last byte are 0.
func Pack2(dst, codes []byte) {
	checkPacked("Pack2", dst, codes, 4)
	done := pack2(dst, codes)
	pack2Portable(dst[done/4:], codes[done:])
}

func checkPacked(name string, dst, codes []byte, perByte int) {
	if want := (len(codes) + perByte - 1) / perByte; len(dst) != want {
		panic(fmt.Sprintf("kernel: %s: dst has %d bytes, expected %d for %d codes", name, len(dst), want, len(codes)))
	}
}

// Half writes each value rounded to nearest even as an IEEE half; from 65520 on that is
// an infinity. A NaN keeps its sign and the upper ten bits of its payload, and becomes
// quiet.
func Half(dst, src []byte) {
	checkPair("Half", dst, src, halfSize)
	toHalves(dst, src)
}

// BlockScale returns the scale of a block of values as runtimes read it: rounded to
// bfloat16, that to float16, both to nearest even. half has the bits of the latter.
func BlockScale(v float32) (scale float32, half uint16) {
	half = ieeeHalf(bfloat16(math.Float32bits(v)))
	return math.Float32frombits(fromHalf(half)), half
}

// bfloat16 rounds to the upper 16 bits, to nearest even. A NaN keeps its sign alone.
func bfloat16(bits uint32) uint32 {
	if bits&^signBit > infinity {
		return bits&signBit | infinity | 1<<22
	}
	return (bits + 0x7fff + bits>>16&1) &^ 0xffff
}

func toIntegersPortable(dst, src []byte, scale, zero float32, low, high int8) {
	for i := range dst {
		dst[i] = toInteger(floatAt(src, i*floatSize), scale, zero, low, high)
	}
}

func toIntegersInterleavedPortable(dst, src []byte, scales, zeros []float32, low, high int8) {
	for len(dst) > 0 {
		row := min(len(scales), len(dst))
		for c, scale := range scales[:row] {
			dst[c] = toInteger(floatAt(src, c*floatSize), scale, zeros[c], low, high)
		}
		dst, src = dst[row:], src[row*floatSize:]
	}
}

// toInteger limits before it rounds, which gives the same, since limits are whole.
func toInteger(v, scale, zero float32, low, high int8) byte {
	x := float32(v/scale) + zero
	if x != x {
		return 0
	}
	return byte(int8(math.RoundToEven(float64(max(float32(low), min(float32(high), x))))))
}

func pack4Portable(dst, codes []byte) {
	for i := range dst {
		b := codes[2*i] & 15
		if 2*i+1 < len(codes) {
			b |= codes[2*i+1] << 4
		}
		dst[i] = b
	}
}

func pack2Portable(dst, codes []byte) {
	for i := range dst {
		b := byte(0)
		for k, code := range codes[4*i : min(4*i+4, len(codes))] {
			b |= code & 3 << (2 * k)
		}
		dst[i] = b
	}
}

func toHalvesPortable(dst, src []byte) {
	for i := 0; i < len(dst); i += halfSize {
		half := ieeeHalf(binary.LittleEndian.Uint32(src[i*(floatSize/halfSize):]))
		binary.LittleEndian.PutUint16(dst[i:], half)
	}
}

// floatHalfInfinite is 65520, from which on values round to an infinite half.
const floatHalfInfinite = 0x477ff000

func ieeeHalf(bits uint32) uint16 {
	if magnitude := bits &^ signBit; magnitude >= floatHalfInfinite && magnitude <= infinity {
		return uint16(bits>>16&0x8000) | halfInfinity
	}
	return toHalf(bits)
}
