//go:build (amd64 || arm64) && !noasm

package kernel

import "slices"

func roundingErrors(dst []float32, src, codes []byte, scale, zero float32) {
	if !useVectors || len(dst) < lanes {
		roundingErrorsPortable(dst, src, codes, scale, zero)
		return
	}
	roundingErrorsVector(dst, src, codes, scale, zero)
}

// columnSums returns how many columns it summed.
func columnSums(dst, src []float32) int {
	done := len(dst) &^ (lanes - 1)
	if !useVectors || done == 0 {
		return 0
	}
	columnSumsVector(dst, src, len(src)/len(dst))
	return done
}

// between returns how many values it looked at, too.
func between(dst []uint32, src []float32, sign, low float32) ([]uint32, int) {
	done := len(src) &^ (lanes - 1)
	if !useVectors || done == 0 {
		return dst, 0
	}
	n := len(dst)
	dst = slices.Grow(dst, done)
	return dst[:n+betweenVector(dst[n:n+done], src[:done], sign, low)], done
}

// correlations returns how many values it looked at.
func correlations(sums *[Tries][2][sumLanes]float32, src []byte, factors *[Tries]float32, high float32) int {
	done := len(src) / floatSize &^ (lanes - 1)
	if !useVectors || done == 0 {
		return 0
	}
	var out [Tries * 2 * sumLanes]float32
	correlationsVector(out[:], src[:done*floatSize], factors[:], high)
	for t := range sums {
		copy(sums[t][0][:], out[2*t*sumLanes:])
		copy(sums[t][1][:], out[(2*t+1)*sumLanes:])
	}
	return done
}
