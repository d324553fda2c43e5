package main

import "github.com/mmcloughlin/avo/operand"

// float16 has the value as the second source of each comparison: that one is
// the result where it is a NaN.
func (g *generator) float16() {
	g.begin("toFloat16AVX2", "func(dst, src []byte)",
		"toFloat16AVX2 needs F16C, and eight values at least.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("src")
	g.SHRQ(operand.Imm(2), count)
	low, high := g.constant(g.halfLow), g.constant(g.halfHigh)
	index := g.zero()
	convert := func(vector int) {
		v := g.YMM()
		g.VMAXPS(floats(src, index, vector), low, v)
		g.VMINPS(v, high, v)
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
