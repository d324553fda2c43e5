//go:build (amd64 || arm64) && !noasm

package kernel

func toHalves(dst, src []byte) {
	if !useVectors || len(src) < lanes*floatSize {
		toHalvesPortable(dst, src)
		return
	}
	toHalvesVector(dst, src)
}

func toIntegers(dst, src []byte, scale, zero float32, low, high int8) {
	if !useVectors || len(dst) < lanes {
		toIntegersPortable(dst, src, scale, zero, low, high)
		return
	}
	toIntegersVector(dst, src, scale, zero, float32(low), float32(high))
}

func toIntegersInterleaved(dst, src []byte, scales, zeros []float32, low, high int8) {
	channels := len(scales)
	switch {
	case channels == 1:
		toIntegers(dst, src, scales[0], zeros[0], low, high)
	case !useVectors || len(dst) < lanes:
		toIntegersInterleavedPortable(dst, src, scales, zeros, low, high)
	case channels < fewChannels:
		var scaleRoom, zeroRoom [mostRepeated]float32
		wide := channels * copies(channels)
		repeat(scaleRoom[:wide], scales)
		repeat(zeroRoom[:wide], zeros)
		toIntegersRows(dst, src, scaleRoom[:wide], zeroRoom[:wide], low, high)
	default:
		toIntegersRows(dst, src, scales, zeros, low, high)
	}
}

func toIntegersRows(dst, src []byte, scales, zeros []float32, low, high int8) {
	channels := len(scales)
	rows := len(dst) / channels
	toIntegersRowsVector(dst, src, scales, zeros, float32(low), float32(high), rows)
	dst, src = dst[rows*channels:], src[rows*channels*floatSize:]
	if rest := len(dst); rest < lanes {
		toIntegersInterleavedPortable(dst, src, scales, zeros, low, high)
	} else {
		toIntegersRowsVector(dst, src, scales[:rest], zeros[:rest], float32(low), float32(high), 1)
	}
}

// pack4 and pack2 return how many codes they packed.
func pack4(dst, codes []byte) int {
	done := len(codes) &^ 63
	if !useVectors || done == 0 {
		return 0
	}
	pack4Vector(dst, codes[:done])
	return done
}

func pack2(dst, codes []byte) int {
	done := len(codes) &^ 127
	if !useVectors || done == 0 {
		return 0
	}
	pack2Vector(dst, codes[:done])
	return done
}
