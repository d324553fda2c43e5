package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

const (
	inCache    = 2 << 20
	fromMemory = 256 << 20
	copyBlock  = 128 << 10    // as cp copies
	rowBytes   = channels * 4 // of a channel, or of one value of each channel
	channels   = 4096
)

// A kernelRow is the rate of float input, in GB/s, of one kernel.
type kernelRow struct {
	name          string
	cache, memory series
	run           func(dst, src []byte)
	against       string // the row that the goal compares with, "" for copying
	goal          float64
}

// The rows that others are compared with.
const (
	copying      = "copying"
	ofTensor     = "int8 per tensor"
	ofChannel    = "int8 per channel, rows of 4096"
	ofColumn     = "int8 per channel, columns of 4096"
	ofConverters = "the converter's "
)

// kernels compares the kernels with copying the same floats, in one thread.
func (b *bench) kernels() error {
	b.rates = []*kernelRow{
		{name: copying, run: copyBlocks},
		{name: "copying in one call", run: func(dst, src []byte) { copy(dst, src) }},
		{name: ofTensor, run: perTensor, goal: 1.1},
		{name: ofChannel, run: perChannel, goal: 0.8},
		{name: ofConverters + ofTensor, run: perTensorDivided, against: ofTensor, goal: 2},
		{name: ofConverters + ofChannel, run: perChannelDivided, against: ofChannel, goal: 2},
		{name: ofColumn, run: perColumn},
		{name: ofConverters + ofColumn, run: perColumnDivided, against: ofColumn, goal: 2},
		{name: "float16", run: func(dst, src []byte) { kernel.Float16(dst[:len(src)/2], src) }, goal: 0.7},
	}
	src, dst := make([]byte, fromMemory), make([]byte, fromMemory)
	for i := 0; i < len(src); i += copy(src[i:], synthetic.Noise()) {
	}
	copy(dst, src) // so that the system has given all pages
	for i := range b.rounds(20) {
		for _, r := range b.rates {
			r.memory = append(r.memory, rate(fromMemory, func() { r.run(dst, src) }))
			const again = 64
			run := func() {
				for range again {
					r.run(dst[:inCache], src[:inCache])
				}
			}
			if i == 0 {
				run()
			}
			r.cache = append(r.cache, rate(again*inCache, run))
		}
	}
	for _, r := range b.rates {
		if r.goal == 0 {
			continue
		}
		against := cmp.Or(r.against, copying)
		base := b.rates[slices.IndexFunc(b.rates, func(r *kernelRow) bool { return r.name == against })]
		// Rates are inverse to times.
		what := r.name + ", against " + against
		b.goals = append(b.goals, goal{what: "kernel from memory, " + what, bound: r.goal, unit: " ×", values: base.memory.over(r.memory)})
		if against != copying {
			b.goals = append(b.goals, goal{what: "kernel in cache, " + what, bound: r.goal, unit: " ×", values: base.cache.over(r.cache)})
		}
	}
	return nil
}

func rate(size int, f func()) float64 {
	began := time.Now()
	f()
	return float64(size) / float64(time.Since(began).Nanoseconds())
}

func copyBlocks(dst, src []byte) {
	for len(src) > 0 {
		n := copy(dst[:min(copyBlock, len(src))], src)
		dst, src = dst[n:], src[n:]
	}
}

func perTensor(dst, src []byte) { kernel.Int8(dst[:len(src)/4], src, 127/kernel.Range(src)) }

func perTensorDivided(dst, src []byte) {
	lo, hi := kernel.MinMax(0, 0, src)
	kernel.Int8Divided(dst[:len(src)/4], src, step(lo, hi))
}

func perChannel(dst, src []byte) {
	eachRow(dst, src, rowBytes, func(dst, row []byte) {
		lo, hi := kernel.MinMax(0, 0, row)
		kernel.Int8Wrapping(dst, row, 127/max(-lo, hi))
	})
}

func perChannelDivided(dst, src []byte) {
	eachRow(dst, src, rowBytes, func(dst, row []byte) {
		lo, hi := kernel.MinMax(0, 0, row)
		kernel.Int8Divided(dst, row, step(lo, hi))
	})
}

// perColumn takes several rows at once, as files are made.
func perColumn(dst, src []byte) {
	var lo, hi, inverses [channels]float32
	eachRow(nil, src, copyBlock, func(_, rows []byte) { kernel.MinMaxInterleaved(lo[:], hi[:], rows) })
	for c := range inverses {
		inverses[c] = 127 / max(-lo[c], hi[c])
	}
	eachRow(dst, src, copyBlock, func(dst, rows []byte) { kernel.Int8WrappingInterleaved(dst, rows, inverses[:]) })
}

func perColumnDivided(dst, src []byte) {
	var lo, hi, inverses [channels]float32
	var steps [channels]float64
	eachRow(nil, src, copyBlock, func(_, rows []byte) { kernel.MinMaxInterleaved(lo[:], hi[:], rows) })
	for c := range steps {
		steps[c] = step(lo[c], hi[c])
		inverses[c] = float32(1 / steps[c])
	}
	eachRow(dst, src, copyBlock, func(dst, rows []byte) { kernel.Int8DividedInterleaved(dst, rows, steps[:], inverses[:]) })
}

// eachRow calls f for each so many bytes of src, with the bytes of dst for their values.
func eachRow(dst, src []byte, size int, f func(dst, row []byte)) {
	for len(src) > 0 {
		row := src[:min(size, len(src))]
		values := min(len(row)/4, len(dst))
		f(dst[:values], row)
		dst, src = dst[values:], src[len(row):]
	}
}

// step is that of the converter's formula.
func step(lo, hi float32) float64 { return float64(max(-lo, hi)) / 127 }
