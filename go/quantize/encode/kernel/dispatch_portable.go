//go:build (!amd64 && !arm64) || noasm

package kernel

func implementation() string { return "portable" }

func maxAbs(src []byte) float32 { return maxAbsPortable(src) }

func toInt8(dst, src []byte, inverse float32) { toInt8Portable(dst, src, inverse) }

func minMax(lo, hi float32, src []byte) (float32, float32) { return minMaxPortable(lo, hi, src) }

func minMaxInterleaved(lo, hi []float32, src []byte) { minMaxInterleavedPortable(lo, hi, src) }

func toInt8Wrapping(dst, src []byte, inverse float32) { toInt8WrappingPortable(dst, src, inverse) }

func toInt8WrappingInterleaved(dst, src []byte, inverse []float32) {
	toInt8WrappingInterleavedPortable(dst, src, inverse)
}

func toFloat16(dst, src []byte) { toFloat16Portable(dst, src) }

func toInt8Divided(dst, src []byte, step float64) { toInt8DividedPortable(dst, src, step) }

func toInt8DividedInterleaved(dst, src []byte, steps []float64, _ []float32) {
	toInt8DividedInterleavedPortable(dst, src, steps)
}

func toFloat32(dst, src []byte) { toFloat32Portable(dst, src) }

func toHalves(dst, src []byte) { toHalvesPortable(dst, src) }

func toIntegers(dst, src []byte, scale, zero float32, low, high int8) {
	toIntegersPortable(dst, src, scale, zero, low, high)
}

func toIntegersInterleaved(dst, src []byte, scales, zeros []float32, low, high int8) {
	toIntegersInterleavedPortable(dst, src, scales, zeros, low, high)
}

func blockPeaks(dst []float32, src []byte, size int) { blockPeaksPortable(dst, src, size) }

func blockScales(halves []byte, scales []float32) { blockScalesPortable(halves, scales) }

func blockIntegers(dst, src []byte, scales []float32, size int, low, high int8) {
	blockIntegersPortable(dst, src, scales, size, low, high)
}

func addProducts(sums, values, table []float32) { addProductsPortable(sums, values, table) }

// pack4 and pack2 leave all codes to the portable code.
func pack4(_, _ []byte) int { return 0 }
func pack2(_, _ []byte) int { return 0 }

func roundingErrors(dst []float32, src, codes []byte, scale, zero float32) {
	roundingErrorsPortable(dst, src, codes, scale, zero)
}

// columnSums, between and correlations leave all values to the portable code.
func columnSums(_, _ []float32) int { return 0 }

func between(dst []uint32, _ []float32, _, _ float32) ([]uint32, int) { return dst, 0 }

func correlations(_ *[Tries][2][sumLanes]float32, _ []byte, _ *[Tries]float32, _ float32) int {
	return 0
}
