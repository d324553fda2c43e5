package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// groupVectors are in a group, of which blocks have some.
const groupVectors = 4

// eachBlock runs begin and end for each of count blocks, and group for its groups.
func (g *generator) eachBlock(count reg.GPVirtual, begin, group, end func()) {
	groups, k := g.GP64(), g.GP64()
	g.Load(g.Param("groups"), groups)
	g.TESTQ(count, count)
	g.JZ(operand.LabelRef("done"))
	g.Label("block")
	begin()
	g.MOVQ(groups, k)
	g.Label("group")
	group()
	g.DECQ(k)
	g.JNZ(operand.LabelRef("group"))
	end()
	g.DECQ(count)
	g.JNZ(operand.LabelRef("block"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

func (g *generator) blockPeaks() {
	g.begin("blockPeaksVector", "func(dst []float32, src []byte, groups int)",
		"blockPeaksVector gives the largest pattern without its sign of each block of so many groups of 32 values.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("dst")
	mask := g.constant(g.otherBits)
	var peaks [groupVectors]reg.VecVirtual
	for i := range peaks {
		peaks[i] = g.YMM()
	}
	g.eachBlock(count, func() {
		for _, p := range peaks {
			g.VPXOR(p, p, p)
		}
	}, func() {
		for i, p := range peaks {
			v := g.YMM()
			g.VPAND(operand.Mem{Base: src, Disp: i * lanes * floatSize}, mask, v)
			g.VPMAXUD(v, p, p)
		}
		g.SUBQ(operand.I8(-groupVectors*lanes*floatSize), src)
	}, func() {
		g.VMOVD(g.reduce(peaks[:], g.VPMAXUD), operand.Mem{Base: dst})
		g.ADDQ(operand.Imm(floatSize), dst)
	})
}

func (g *generator) blockIntegers() {
	g.begin("blockIntegersVector", "func(dst, src []byte, scales []float32, groups int, low, high float32)",
		"blockIntegersVector converts blocks of so many groups of 32 values, each with a scale.")
	dst, src, scales, count := g.pointer("dst"), g.pointer("src"), g.pointer("scales"), g.length("scales")
	q := g.integers()
	scale := g.YMM()
	g.eachBlock(count, func() {
		g.VBROADCASTSS(operand.Mem{Base: scales}, scale)
	}, func() {
		var v [groupVectors]reg.VecVirtual
		for i := range v {
			v[i] = q.rounded(operand.Mem{Base: src, Disp: i * lanes * floatSize}, func(int) (operand.Op, operand.Op) { return scale, nil }, i)
		}
		g.VMOVDQU(q.packed(v, q.order), operand.Mem{Base: dst})
		g.SUBQ(operand.I8(-groupVectors*lanes*floatSize), src)
		g.ADDQ(operand.Imm(groupVectors*lanes), dst)
	}, func() {
		g.ADDQ(operand.Imm(floatSize), scales)
	})
}

// blockScales rounds to bfloat16 and that to halves, and back. The last eight scales may
// be rounded twice, which changes nothing.
func (g *generator) blockScales() {
	g.begin("blockScalesVector", "func(halves []byte, scales []float32)", "blockScalesVector needs eight scales at least.")
	halves, scales, count := g.pointer("halves"), g.pointer("scales"), g.length("scales")
	one, rest, upper := g.constant(g.one), g.constant(g.lowRest), g.constant(g.upperHalf)
	sign, quiet := g.constant(g.signBits), g.constant(g.quietNaN)
	index := g.zero()
	g.eights("small", index, count, func() {
		const unordered, nearestEven = 3, 0
		v, rounded, nan, other := g.YMM(), g.YMM(), g.YMM(), g.YMM()
		g.VMOVUPS(floats(scales, index, 0), v)
		g.VPSRLD(operand.Imm(16), v, rounded)
		g.VPAND(one, rounded, rounded)
		g.VPADDD(v, rounded, rounded)
		g.VPADDD(rest, rounded, rounded)
		g.VPAND(upper, rounded, rounded)
		g.VCMPPS(operand.Imm(unordered), v, v, nan)
		g.VPAND(sign, v, other)
		g.VPOR(quiet, other, other)
		g.VBLENDVPS(nan, other, rounded, rounded)
		half := g.XMM()
		g.VCVTPS2PH(operand.Imm(nearestEven), rounded, half)
		g.VMOVDQU(half, operand.Mem{Base: halves, Index: index, Scale: halfSize})
		g.VCVTPH2PS(half, v)
		g.VMOVUPS(v, floats(scales, index, 0))
	})
	g.VZEROUPPER()
	g.RET()
}
