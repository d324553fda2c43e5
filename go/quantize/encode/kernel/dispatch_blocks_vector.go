//go:build (amd64 || arm64) && !noasm

package kernel

// groupValues are in a group, of which blocks have some.
const groupValues = 4 * lanes

func blockPeaks(dst []float32, src []byte, size int) {
	if !useVectors || size%groupValues != 0 {
		blockPeaksPortable(dst, src, size)
		return
	}
	blockPeaksVector(dst, src, size/groupValues)
}

func addProducts(sums, values, table []float32) {
	if !useVectors || !hasFMA {
		addProductsPortable(sums, values, table)
		return
	}
	addProductsVector(sums, values, table)
}

func blockScales(halves []byte, scales []float32) {
	if !useVectors || len(scales) < lanes {
		blockScalesPortable(halves, scales)
		return
	}
	blockScalesVector(halves, scales)
}

func blockIntegers(dst, src []byte, scales []float32, size int, low, high int8) {
	if !useVectors || size%groupValues != 0 {
		blockIntegersPortable(dst, src, scales, size, low, high)
		return
	}
	blockIntegersVector(dst, src, scales, size/groupValues, float32(low), float32(high))
}
