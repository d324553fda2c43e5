//go:build !noasm

package kernel

import "golang.org/x/sys/cpu"

// groupValues are in a group, of which blocks have some.
const groupValues = 4 * lanes

func blockPeaks(dst []float32, src []byte, size int) {
	if !useAVX2 || size%groupValues != 0 {
		blockPeaksPortable(dst, src, size)
		return
	}
	blockPeaksAVX2(dst, src, size/groupValues)
}

// hasFMA is for products: AVX2 comes with it on all processors so far.
var hasFMA = cpu.X86.HasFMA

func addProducts(sums, values, table []float32) {
	if !useAVX2 || !hasFMA {
		addProductsPortable(sums, values, table)
		return
	}
	addProductsFMA(sums, values, table)
}

func blockScales(halves []byte, scales []float32) {
	if !useAVX2 || len(scales) < lanes {
		blockScalesPortable(halves, scales)
		return
	}
	blockScalesAVX2(halves, scales)
}

func blockIntegers(dst, src []byte, scales []float32, size int, low, high int8) {
	if !useAVX2 || size%groupValues != 0 {
		blockIntegersPortable(dst, src, scales, size, low, high)
		return
	}
	blockIntegersAVX2(dst, src, scales, size/groupValues, float32(low), float32(high))
}
