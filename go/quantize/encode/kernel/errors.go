package kernel

import (
	"fmt"
	"math"
)

// RoundingErrors writes code - (v/scale + zero) for each v of src and its code, an int8,
// computed in float32.
func RoundingErrors(dst []float32, src, codes []byte, scale, zero float32) {
	if len(src) != len(dst)*floatSize || len(codes) != len(dst) {
		panic(fmt.Sprintf("kernel: RoundingErrors: there are %d bytes of values and %d codes, expected %d and %d", len(src), len(codes), len(dst)*floatSize, len(dst)))
	}
	roundingErrors(dst, src, codes, scale, zero)
}

// ColumnSums writes the sum of each column of src, which has rows of as many values as
// dst, one row at least: from the first row to the last, in float32.
func ColumnSums(dst, src []float32) {
	if len(dst) == 0 || len(src) == 0 || len(src)%len(dst) != 0 {
		panic(fmt.Sprintf("kernel: ColumnSums: src has %d values, expected rows of %d", len(src), len(dst)))
	}
	done := columnSums(dst, src)
	for c := done; c < len(dst); c++ {
		sum := float32(0)
		for i := c; i < len(src); i += len(dst) {
			sum += src[i]
		}
		dst[c] = sum
	}
}

// Sum sums values in float32, in an order of its own: lane i has the values i, i+8 and so
// on from the first to the last, and lanes are added as ((0+4)+(2+6)) + ((1+5)+(3+7)).
func Sum(src []float32) float32 {
	var lanes [sumLanes]float32
	whole := len(src) &^ (sumLanes - 1)
	if whole > 0 {
		ColumnSums(lanes[:], src[:whole])
	}
	for i, v := range src[whole:] {
		lanes[i] += v
	}
	return addLanes(lanes[:])
}

const sumLanes = 8

func addLanes(l []float32) float32 {
	return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
}

// Between appends the positions of those values of src to dst for which sign*v is above
// low and 0.5 at most, in order. sign is 1 or -1.
func Between(dst []uint32, src []float32, sign, low float32) []uint32 {
	dst, done := between(dst, src, sign, low)
	for i, v := range src[done:] {
		if v *= sign; v > low && v <= 0.5 {
			dst = append(dst, uint32(done+i))
		}
	}
	return dst
}

// Tries is how many factors Correlations takes at once.
const Tries = 4

// Correlations returns, for each factor, how well the codes c = round(|v|*factor), halves
// to even, limited to high, fit the values v of src: the sums of c*|v| and of c*c, which are
// summed as by Sum for each 1024 values, and these in float64. src has no NaN, and
// infinities neither.
func Correlations(src []byte, factors [Tries]float32, high float32) (products, squares [Tries]float64) {
	checkFloats("Correlations", src)
	for len(src) > 0 {
		part := src[:min(len(src), correlated*floatSize)]
		src = src[len(part):]
		var sums [Tries][2][sumLanes]float32
		done := correlations(&sums, part, &factors, high)
		correlationsPortable(&sums, part[done*floatSize:], &factors, high)
		for t := range sums {
			products[t] += float64(addLanes(sums[t][0][:]))
			squares[t] += float64(addLanes(sums[t][1][:]))
		}
	}
	return products, squares
}

const correlated = 1024 // values whose sums are float32

func roundingErrorsPortable(dst []float32, src, codes []byte, scale, zero float32) {
	for i := range dst {
		dst[i] = float32(int8(codes[i])) - (float32(floatAt(src, i*floatSize)/scale) + zero)
	}
}

// correlationsPortable adds to sums: of products, and of squares.
func correlationsPortable(sums *[Tries][2][sumLanes]float32, src []byte, factors *[Tries]float32, high float32) {
	for i := range len(src) / floatSize {
		v := magnitude(floatAt(src, i*floatSize))
		for t, factor := range factors {
			c := float32(math.RoundToEven(float64(min(high, float32(v*factor)))))
			sums[t][0][i%sumLanes] += float32(c * v)
			sums[t][1][i%sumLanes] += float32(c * c)
		}
	}
}
