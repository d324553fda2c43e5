package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// integers holds the constants of a kernel that divides in float32.
type integers struct {
	*generator
	low, high, order reg.VecVirtual
}

func (g *generator) integers() *integers {
	q := &integers{g, g.broadcast("low"), g.broadcast("high"), g.YMM()}
	g.VMOVDQU(g.order, q.order)
	return q
}

func (g *generator) toIntegers() {
	g.begin("toIntegersVector", "func(dst, src []byte, scale, zero, low, high float32)",
		"toIntegersVector needs eight values at least.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("dst")
	scale, zero := g.broadcast("scale"), g.broadcast("zero")
	q := g.integers()
	index := g.zero()
	q.values(dst, src, index, count, func(int) (operand.Op, operand.Op) { return scale, zero })
	g.VZEROUPPER()
	g.RET()
}

func (g *generator) toIntegersRows() {
	g.begin("toIntegersRowsVector", "func(dst, src []byte, scales, zeros []float32, low, high float32, rows int)",
		"toIntegersRowsVector converts rows of one value per channel. There are eight channels at least.")
	dst, src := g.pointer("dst"), g.pointer("src")
	scales, zeros, channels := g.pointer("scales"), g.pointer("zeros"), g.length("scales")
	rows := g.GP64()
	g.Load(g.Param("rows"), rows)
	q := g.integers()
	g.TESTQ(rows, rows)
	g.JZ(operand.LabelRef("done"))
	g.Label("row")
	column := g.zero()
	q.values(dst, src, column, channels, func(vector int) (operand.Op, operand.Op) {
		return floats(scales, column, vector), floats(zeros, column, vector)
	})
	g.ADDQ(channels, dst)
	g.LEAQ(operand.Mem{Base: src, Index: channels, Scale: floatSize}, src)
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("row"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

// values converts count values. by gives the scales and zeros of the vector'th vector
// from index on.
func (q *integers) values(dst, src reg.Register, index, count reg.GPVirtual, by func(vector int) (scale, zero operand.Op)) {
	q.blocks("large", blockSize, index, count, func() {
		var v [4]reg.VecVirtual
		for i := range v {
			v[i] = q.rounded(floats(src, index, i), by, i)
		}
		q.VMOVDQU(q.packed(v, q.order), operand.Mem{Base: dst, Index: index, Scale: 1})
	})
	q.eights("small", index, count, func() {
		v := q.packedEight(q.rounded(floats(src, index, 0), by, 0))
		q.VMOVQ(v, operand.Mem{Base: dst, Index: index, Scale: 1})
	})
}

// packed gives the bytes of four vectors of int32 values; order is g.order in a register.
func (g *generator) packed(v [4]reg.VecVirtual, order reg.VecVirtual) reg.VecVirtual {
	g.VPACKSSDW(v[1], v[0], v[0])
	g.VPACKSSDW(v[3], v[2], v[2])
	g.VPACKSSWB(v[2], v[0], v[0])
	g.VPERMD(v[0], order, v[0])
	return v[0]
}

// packedEight gives the bytes of one vector of int32 values.
func (g *generator) packedEight(v reg.VecVirtual) reg.Register {
	upper, x := g.XMM(), v.AsX()
	g.VEXTRACTI128(operand.Imm(1), v, upper)
	g.VPACKSSDW(upper, x, x)
	g.VPACKSSWB(x, x, x)
	return x
}

// rounded gives eight int32 values; the zero may be nil. What is no number becomes 0 before limits apply,
// which would take it for one.
func (q *integers) rounded(values operand.Mem, by func(vector int) (scale, zero operand.Op), vector int) reg.VecVirtual {
	const ordered = 7
	scale, zero := by(vector)
	v, number := q.YMM(), q.YMM()
	q.VMOVUPS(values, v)
	q.VDIVPS(scale, v, v)
	if zero != nil {
		q.VADDPS(zero, v, v)
	}
	q.VCMPPS(operand.Imm(ordered), v, v, number)
	q.VMINPS(q.high, v, v)
	q.VMAXPS(q.low, v, v)
	q.VANDPS(number, v, v)
	q.VCVTPS2DQ(v, v)
	return v
}

// pack4 packs whole vectors.
func (g *generator) pack4() {
	g.begin("pack4Vector", "func(dst, codes []byte)", "pack4Vector needs a multiple of 64 codes.")
	dst, src, count := g.pointer("dst"), g.pointer("codes"), g.length("codes")
	mask, pair := g.constant(g.lowNibbles), g.constant(g.nibblePair)
	index := g.zero()
	g.blocks("vectors", 64, index, count, func() {
		var v [2]reg.VecVirtual
		for i := range v {
			v[i] = g.YMM()
			g.VPAND(operand.Mem{Base: src, Disp: 32 * i}, mask, v[i])
			g.VPMADDUBSW(pair, v[i], v[i])
		}
		g.VPACKUSWB(v[1], v[0], v[0])
		const quarters = 0b11_01_10_00 // in sequence, as packing works in each half
		g.VPERMQ(operand.Imm(quarters), v[0], v[0])
		g.VMOVDQU(v[0], operand.Mem{Base: dst})
		g.ADDQ(operand.Imm(64), src)
		g.ADDQ(operand.Imm(32), dst)
	})
	g.VZEROUPPER()
	g.RET()
}

// pack2 packs whole vectors.
func (g *generator) pack2() {
	g.begin("pack2Vector", "func(dst, codes []byte)", "pack2Vector needs a multiple of 128 codes.")
	dst, src, count := g.pointer("dst"), g.pointer("codes"), g.length("codes")
	mask, pair, four := g.constant(g.lowPairs), g.constant(g.pairPair), g.constant(g.nibbleWords)
	order := g.YMM()
	g.VMOVDQU(g.order, order)
	index := g.zero()
	g.blocks("vectors", 128, index, count, func() {
		var v [4]reg.VecVirtual
		for i := range v {
			v[i] = g.YMM()
			g.VPAND(operand.Mem{Base: src, Disp: 32 * i}, mask, v[i])
			g.VPMADDUBSW(pair, v[i], v[i])
			g.VPMADDWD(four, v[i], v[i])
		}
		g.VPACKUSDW(v[1], v[0], v[0])
		g.VPACKUSDW(v[3], v[2], v[2])
		g.VPACKUSWB(v[2], v[0], v[0])
		g.VPERMD(v[0], order, v[0])
		g.VMOVDQU(v[0], operand.Mem{Base: dst})
		g.ADDQ(operand.U32(128), src)
		g.ADDQ(operand.Imm(32), dst)
	})
	g.VZEROUPPER()
	g.RET()
}
