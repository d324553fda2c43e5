package main

import "github.com/mmcloughlin/avo/operand"

// float32 makes values of halves.
func (g *generator) float32() {
	g.begin("toFloat32Vector", "func(dst, src []byte)", "toFloat32Vector needs eight values at least.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("src")
	g.SHRQ(operand.Imm(1), count)
	index := g.zero()
	convert := func(vector int) {
		v := g.YMM()
		g.VCVTPH2PS(operand.Mem{Base: src, Index: index, Scale: halfSize, Disp: vector * lanes * halfSize}, v)
		g.VMOVUPS(v, floats(dst, index, vector))
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
