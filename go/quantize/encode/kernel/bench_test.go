package kernel

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

const (
	benchRow   = 4096 * floatSize
	benchBlock = 128 << 10
	benchPart  = 2 << 20 // what is timed of a source at once
)

// benchSizes are a block, for which internal/machines counts instructions, what a cache
// holds, and what it does not.
var benchSizes = []struct {
	name string
	size int
}{{"128kB", benchBlock}, {"2MB", 2 << 20}, {"256MB", 256 << 20}}

// BenchmarkKernels gives the rate of float input, in GB/s, beside that of
// copying the same bytes, with every implementation.
func BenchmarkKernels(b *testing.B) {
	for _, s := range benchSizes {
		b.Run(s.name, func(b *testing.B) {
			src, dst := benchWeights(s.size), bytes.Repeat([]byte{1}, s.size)
			bench(b, "memcpy", s.size, func() { benchCopy(dst, src) })
			bench(b, "memcpyStreaming", s.size, func() { copy(dst, src) })
			eachImplementation(b, func(b *testing.B) { benchAll(b, dst, src) })
		})
	}
}

func benchAll(b *testing.B, dst, src []byte) {
	size := len(src)
	int8s, halves := dst[:size/floatSize], dst[:size/floatSize*halfSize]
	bench(b, "MaxAbs", size, func() { MaxAbs(src) })
	bench(b, "Int8", size, func() { Int8(int8s, src, 127) })
	bench(b, "PerTensor", size, func() { Int8(int8s, src, 127/Range(src)) })
	bench(b, "PerChannel", size, func() { benchPerChannel(int8s, src) })
	bench(b, "Int8Divided", size, func() { Int8Divided(int8s, src, 1.0/127) })
	bench(b, "Integers", size, func() { Integers(int8s, src, 1.0/127, 0, -127, 127) })
	bench(b, "Integers4", size, func() { benchIntegers4(int8s[:len(int8s)/2], src) })
	bench(b, "Half", size, func() { Half(halves, src) })
	bench(b, "Float16", size, func() { Float16(halves, src) })
	bench(b, "Float32", size, func() { Float32(dst, src[:size/2]) })
	bench(b, "Blocks", size, func() { benchBlocks(int8s[:len(int8s)/2], src) })
	bench(b, "Errors", size, func() { benchErrors(int8s, src) })
	bench(b, "Correlations", size, func() { Correlations(src, [Tries]float32{7, 8, 9, 10}, 7) })
	bench(b, "Products", size, func() { benchProducts(src) })
	for _, channels := range []int{1, 3, 32, 100, 1001, 4096} {
		b.Run(fmt.Sprintf("channels=%d", channels), func(b *testing.B) { benchInterleaved(b, int8s, src, channels) })
	}
}

// benchCopy copies block by block, as programs that copy files do. A copy of
// much memory in one call goes past the caches and is faster.
func benchCopy(dst, src []byte) {
	for len(src) > 0 {
		n := copy(dst[:min(benchBlock, len(src))], src)
		dst, src = dst[n:], src[n:]
	}
}

func benchPerChannel(dst, src []byte) {
	for len(src) > 0 {
		row := src[:min(benchRow, len(src))]
		first := floatAt(row, 0)
		lo, hi := MinMax(first, first, row)
		Int8Wrapping(dst[:len(row)/floatSize], row, 127/max(magnitude(lo), magnitude(hi)))
		dst, src = dst[len(row)/floatSize:], src[len(row):]
	}
}

func benchInterleaved(b *testing.B, dst, src []byte, channels int) {
	lo, hi := make([]float32, channels), make([]float32, channels)
	inverse := make([]float32, channels)
	bench(b, "MinMaxInterleaved", len(src), func() { MinMaxInterleaved(lo, hi, src) })
	bench(b, "Int8WrappingInterleaved", len(src), func() { Int8WrappingInterleaved(dst, src, inverse) })
	const step = 1.0 / 127
	steps, inverses := slices.Repeat([]float64{step}, channels), slices.Repeat([]float32{1 / step}, channels)
	bench(b, "Int8DividedInterleaved", len(src), func() { Int8DividedInterleaved(dst, src, steps, inverses) })
}

// BenchmarkDividing gives the rate of dividing as a part of that of the kernel that
// multiplies, for the same layout. Both take turns, and of each part of the source the
// shortest time counts: a busy machine interrupts whole passes.
func BenchmarkDividing(b *testing.B) {
	channels := []int{1, 3, 32, 100, 1001, 4096}
	for _, s := range benchSizes[1:] {
		benchDividing(b, s.name, benchWeights(s.size), channels)
	}
	halves := bytesOf([]float32{0.5 * benchStep, -3.5 * benchStep}) // which are really divided
	benchDividing(b, "halves", bytes.Repeat(halves, benchPart/len(halves)), []int{1, 4096})
}

const benchStep = 1.0 / 128

func benchDividing(b *testing.B, name string, src []byte, channelCounts []int) {
	dst := make([]byte, len(src)/floatSize)
	for _, channels := range channelCounts {
		steps, inverses := slices.Repeat([]float64{benchStep}, channels), slices.Repeat([]float32{1 / benchStep}, channels)
		b.Run(fmt.Sprintf("%s/channels=%d", name, channels), func(b *testing.B) {
			var multiplying, dividing shortest
			for b.Loop() {
				multiplying.pass(dst, src, func(dst, src []byte) { Int8WrappingInterleaved(dst, src, inverses) })
				dividing.pass(dst, src, func(dst, src []byte) { Int8DividedInterleaved(dst, src, steps, inverses) })
			}
			b.ReportMetric(float64(len(src))/float64(dividing.sum()), "GB/s")
			b.ReportMetric(float64(multiplying.sum())/float64(dividing.sum()), "of-multiplying")
		})
	}
}

// shortest are the shortest times of each part of a source, in nanoseconds.
type shortest []int64

func (s *shortest) pass(dst, src []byte, f func(dst, src []byte)) {
	for part := 0; len(src) > 0; part++ {
		began := time.Now()
		f(dst[:benchPart/floatSize], src[:benchPart])
		took := time.Since(began).Nanoseconds()
		if part == len(*s) {
			*s = append(*s, took)
		}
		(*s)[part] = min((*s)[part], took)
		dst, src = dst[benchPart/floatSize:], src[benchPart:]
	}
}

func (s shortest) sum() (all int64) {
	for _, t := range s {
		all += t
	}
	return all
}

func bench(b *testing.B, name string, size int, run func()) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			run()
		}
		b.ReportMetric(float64(size)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GB/s")
	})
}

func benchWeights(size int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	src := make([]byte, size)
	for i := 0; i < size; i += floatSize {
		binary.LittleEndian.PutUint32(src[i:], math.Float32bits(random.Float32()-0.5))
	}
	return src
}

// benchIntegers4 makes and packs codes block by block.
func benchIntegers4(dst, src []byte) {
	var codes [benchBlock / floatSize]byte
	for len(src) > 0 {
		block := src[:min(benchBlock, len(src))]
		n := len(block) / floatSize
		Integers(codes[:n], block, 1.0/7, 0, -8, 7)
		Pack4(dst[:n/2], codes[:n])
		dst, src = dst[n/2:], src[len(block):]
	}
}

// benchBlocks makes int4 of blocks of 32 values, with their scales.
func benchBlocks(dst, src []byte) {
	const size = 32
	var codes [benchBlock / floatSize]byte
	var room [len(codes) / size]float32
	var halves [len(room) * halfSize]byte
	for len(src) > 0 {
		block := src[:min(benchBlock, len(src))]
		n := len(block) / floatSize
		scales := room[:n/size]
		BlockPeaks(scales, block, size)
		BlockScales(halves[:len(scales)*halfSize], scales)
		BlockIntegers(codes[:n], block, scales, size, -7, 7)
		Pack4(dst[:n/2], codes[:n])
		dst, src = dst[n/2:], src[len(block):]
	}
}

// benchErrors takes sums and the values near to half of a step, too.
func benchErrors(codes, src []byte) {
	var room [benchBlock / floatSize]float32
	var sums [128]float32
	var found []uint32
	for len(src) > 0 {
		block := src[:min(benchBlock, len(src))]
		n := len(block) / floatSize
		RoundingErrors(room[:n], block, codes[:n], 1.0/127, 0)
		ColumnSums(sums[:], room[:n])
		found = Between(found[:0], room[:n], 1, 0.49)
		codes, src = codes[n:], src[len(block):]
	}
}

// benchProducts makes a product for each value of src, of one table.
func benchProducts(src []byte) {
	const values = 64
	var sums [ProductLanes]float32
	table := make([]float32, values*ProductLanes)
	for range len(src) / floatSize / len(table) {
		AddProducts(sums[:], table[:values], table)
	}
}
