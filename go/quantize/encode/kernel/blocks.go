package kernel

import (
	"encoding/binary"
	"fmt"
)

// BlockPeaks is MaxAbs for each block of size values: dst has one for each. NaN are those
// of any bits.
func BlockPeaks(dst []float32, src []byte, size int) {
	checkBlocks("BlockPeaks", len(dst), src, size)
	blockPeaks(dst, src, size)
}

// BlockScales is BlockScale for many, in place, with the halves in little-endian bytes.
func BlockScales(halves []byte, scales []float32) {
	if len(halves) != halfSize*len(scales) {
		panic(fmt.Sprintf("kernel: BlockScales: halves has %d bytes, expected %d for %d scales", len(halves), halfSize*len(scales), len(scales)))
	}
	blockScales(halves, scales)
}

// BlockIntegers is Integers for blocks of size values, each with a scale, and no zeros.
func BlockIntegers(dst, src []byte, scales []float32, size int, low, high int8) {
	checkPair("BlockIntegers", dst, src, 1)
	checkBlocks("BlockIntegers", len(scales), src, size)
	blockIntegers(dst, src, scales, size, low, high)
}

func checkBlocks(name string, blocks int, src []byte, size int) {
	if size <= 0 || len(src) != floatSize*size*blocks {
		panic(fmt.Sprintf("kernel: %s: src has %d bytes, expected %d blocks of %d values", name, len(src), blocks, size))
	}
}

func blockPeaksPortable(dst []float32, src []byte, size int) {
	for b := range dst {
		dst[b] = maxAbs(src[floatSize*size*b : floatSize*size*(b+1)])
	}
}

func blockScalesPortable(halves []byte, scales []float32) {
	for b, v := range scales {
		scale, half := BlockScale(v)
		scales[b] = scale
		binary.LittleEndian.PutUint16(halves[halfSize*b:], half)
	}
}

func blockIntegersPortable(dst, src []byte, scales []float32, size int, low, high int8) {
	for b, scale := range scales {
		toIntegers(dst[size*b:size*(b+1)], src[floatSize*size*b:floatSize*size*(b+1)], scale, 0, low, high)
	}
}
