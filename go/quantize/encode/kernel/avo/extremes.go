package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// maxAbs takes the maximum of the patterns without sign as integers: there a
// NaN is larger than any number, and it cannot get lost.
func (g *generator) maxAbs() {
	g.begin("maxAbsVector", "func(src []byte) uint32",
		"maxAbsVector returns the largest pattern without its sign. src has eight values at least.")
	src, count := g.pointer("src"), g.length("src")
	g.SHRQ(operand.Imm(2), count)
	mask := g.constant(g.otherBits)
	var peaks [8]reg.VecVirtual
	for i := range peaks {
		peaks[i] = g.YMM()
		g.VPXOR(peaks[i], peaks[i], peaks[i])
	}
	index := g.zero()
	fold := func(vector int) {
		v := g.YMM()
		g.VPAND(floats(src, index, vector), mask, v)
		g.VPMAXUD(v, peaks[vector], peaks[vector])
	}
	g.blocks("large", len(peaks)*lanes, index, count, func() {
		for i := range peaks {
			fold(i)
		}
	})
	g.eights("small", index, count, func() { fold(0) })
	peak := g.reduce(peaks[:], g.VPMAXUD)
	result := g.GP32()
	g.VMOVD(peak, result)
	g.VZEROUPPER()
	g.Store(result, g.ReturnIndex(0))
	g.RET()
}

// minMax keeps the accumulator as the second source of every comparison: that
// one is the result where a NaN takes part or both are zeros.
func (g *generator) minMax() {
	g.begin("minMaxVector", "func(lo, hi float32, src []byte) (lowest, highest float32)",
		"minMaxVector folds src into lo and hi, except that of zeros with different signs any one may win.",
		"src has eight values at least.")
	src, count := g.pointer("src"), g.length("src")
	g.SHRQ(operand.Imm(2), count)
	var lows, highs [4]reg.VecVirtual
	for i := range lows {
		lows[i], highs[i] = g.broadcast("lo"), g.broadcast("hi")
	}
	index := g.zero()
	g.blocks("large", len(lows)*lanes, index, count, func() {
		for i := range lows {
			g.fold(floats(src, index, i), lows[i], highs[i])
		}
	})
	g.eights("small", index, count, func() { g.fold(floats(src, index, 0), lows[0], highs[0]) })
	lowest, highest := g.reduce(lows[:], g.VMINPS), g.reduce(highs[:], g.VMAXPS)
	g.VZEROUPPER()
	g.Store(lowest, g.Return("lowest"))
	g.Store(highest, g.Return("highest"))
	g.RET()
}

func (g *generator) fold(values operand.Mem, low, high reg.Register) {
	v := g.YMM()
	g.VMOVUPS(values, v)
	g.VMINPS(low, v, low)
	g.VMAXPS(high, v, high)
}

// reduce combines all lanes of all vectors into the first lane of one, in any
// order.
func (g *generator) reduce(vectors []reg.VecVirtual, combine func(...operand.Op)) reg.Register {
	for len(vectors) > 1 {
		half := len(vectors) / 2
		for i := range half {
			combine(vectors[half+i], vectors[i], vectors[i])
		}
		vectors = vectors[:half]
	}
	result, other := vectors[0].AsX(), g.XMM()
	g.VEXTRACTI128(operand.Imm(1), vectors[0], other)
	combine(other, result, result)
	const halves, neighbours = 0b01_00_11_10, 0b10_11_00_01
	for _, swap := range []uint64{halves, neighbours} {
		g.VPSHUFD(operand.Imm(swap), result, other)
		combine(other, result, result)
	}
	return result
}

// manyChannels is where the accumulators of a row outgrow the first cache.
const manyChannels = 1536

// minMaxRows goes through the rows one by one, which is the order that memory
// is read fastest in. Where there are many channels it takes four rows at a
// time, so that accumulators are loaded and stored once for four values.
func (g *generator) minMaxRows() {
	g.begin("minMaxRowsVector", "func(lo, hi []float32, src []byte, rows int)",
		"minMaxRowsVector folds rows of one value per channel into lo and hi. There are eight channels at least.")
	lo, hi, channels := g.pointer("lo"), g.pointer("hi"), g.length("lo")
	src := g.pointer("src")
	rows := g.Load(g.Param("rows"), g.GP64()).(reg.GPVirtual)
	stride := g.GP64()
	g.MOVQ(channels, stride)
	g.SHLQ(operand.Imm(2), stride)
	g.CMPQ(channels, operand.U32(manyChannels))
	g.JLT(operand.LabelRef("rows1"))
	for _, together := range []int{4, 1} {
		next := fmt.Sprintf("rows%dNext", together)
		g.Label(fmt.Sprintf("rows%d", together))
		g.CMPQ(rows, operand.Imm(uint64(together)))
		g.JLT(operand.LabelRef(next))
		ends := make([]reg.Register, together)
		ends[0] = src
		for i := 1; i < together; i++ {
			ends[i] = g.GP64()
			g.LEAQ(operand.Mem{Base: ends[i-1], Index: stride, Scale: 1}, ends[i])
		}
		column := g.zero()
		g.eights(fmt.Sprintf("columns%d", together), column, channels, func() {
			low, high := g.YMM(), g.YMM()
			g.VMOVUPS(floats(lo, column, 0), low)
			g.VMOVUPS(floats(hi, column, 0), high)
			for _, row := range ends {
				g.fold(floats(row, column, 0), low, high)
			}
			g.VMOVUPS(low, floats(lo, column, 0))
			g.VMOVUPS(high, floats(hi, column, 0))
		})
		g.LEAQ(operand.Mem{Base: ends[together-1], Index: stride, Scale: 1}, src)
		g.SUBQ(operand.Imm(uint64(together)), rows)
		g.JMP(operand.LabelRef(fmt.Sprintf("rows%d", together)))
		g.Label(next)
	}
	g.VZEROUPPER()
	g.RET()
}
