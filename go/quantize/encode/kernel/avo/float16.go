package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// float16 makes halves of values, of which it limits those that would become infinite
// where limited is set. It has the value as the second source of each comparison: that
// one is the result where it is a NaN.
func (g *generator) float16(name string, limited bool) {
	g.begin(name, "func(dst, src []byte)",
		name+" needs eight values at least.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("src")
	g.SHRQ(operand.Imm(2), count)
	load := func(from operand.Mem, v reg.VecVirtual) { g.VMOVUPS(from, v) }
	if limited {
		low, high := g.constant(g.halfLow), g.constant(g.halfHigh)
		load = func(from operand.Mem, v reg.VecVirtual) {
			g.VMAXPS(from, low, v)
			g.VMINPS(v, high, v)
		}
	}
	index := g.zero()
	convert := func(vector int) {
		v := g.YMM()
		load(floats(src, index, vector), v)
		const nearestEven = 0
		g.VCVTPS2PH(operand.Imm(nearestEven), v,
			operand.Mem{Base: dst, Index: index, Scale: halfSize, Disp: vector * lanes * halfSize})
	}
	g.blocks("large", blockSize, index, count, func() {
		for vector := range blockSize / lanes {
			convert(vector)
		}
	})
	g.eights("small", index, count, func() { convert(0) })
	g.VZEROUPPER()
	g.RET()
}
