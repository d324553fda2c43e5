package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (g *generator) roundingErrors() {
	g.begin("roundingErrorsVector", "func(dst []float32, src, codes []byte, scale, zero float32)",
		"roundingErrorsVector needs eight values at least.")
	dst, count := g.pointer("dst"), g.length("dst")
	src, codes := g.pointer("src"), g.pointer("codes")
	scale, zero := g.broadcast("scale"), g.broadcast("zero")
	index := g.zero()
	g.eights("values", index, count, func() {
		v, code := g.YMM(), g.YMM()
		g.VMOVUPS(floats(src, index, 0), v)
		g.VDIVPS(scale, v, v)
		g.VADDPS(zero, v, v)
		g.VPMOVSXBD(operand.Mem{Base: codes, Index: index, Scale: 1}, code)
		g.VCVTDQ2PS(code, code)
		g.VSUBPS(v, code, v)
		g.VMOVUPS(v, floats(dst, index, 0))
	})
	g.VZEROUPPER()
	g.RET()
}

// columnSums goes down eight columns at a time.
func (g *generator) columnSums() {
	g.begin("columnSumsVector", "func(dst, src []float32, rows int)",
		"columnSumsVector sums whole vectors of columns, and leaves the columns after them.")
	dst, columns, src := g.pointer("dst"), g.length("dst"), g.pointer("src")
	rows := g.Load(g.Param("rows"), g.GP64()).(reg.GPVirtual)
	stride := g.GP64()
	g.MOVQ(columns, stride)
	g.SHLQ(operand.Imm(2), stride)
	index := g.zero()
	g.blocks("columns", lanes, index, columns, func() {
		sum, at, left := g.YMM(), g.GP64(), g.GP64()
		g.VXORPS(sum, sum, sum)
		g.LEAQ(floats(src, index, 0), at)
		g.MOVQ(rows, left)
		g.Label("row")
		g.VADDPS(operand.Mem{Base: at}, sum, sum)
		g.ADDQ(stride, at)
		g.DECQ(left)
		g.JNZ(operand.LabelRef("row"))
		g.VMOVUPS(sum, floats(dst, index, 0))
	})
	g.VZEROUPPER()
	g.RET()
}

// between writes the positions of the few values it finds one by one.
func (g *generator) between() {
	g.begin("betweenVector", "func(dst []uint32, src []float32, sign, low float32) int",
		"betweenVector looks at whole vectors of src.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("src")
	sign, low, half := g.broadcast("sign"), g.broadcast("low"), g.YMM()
	g.VBROADCASTSS(g.half, half)
	index, found := g.zero(), g.zero()
	g.blocks("values", lanes, index, count, func() {
		const lessThan, lessOrEqual = 17, 18 // of numbers, quiet
		v, above, mask := g.YMM(), g.YMM(), g.GP32()
		g.VMULPS(floats(src, index, 0), sign, v)
		g.VCMPPS(operand.Imm(lessThan), v, low, above)
		g.VCMPPS(operand.Imm(lessOrEqual), half, v, v)
		g.VANDPS(above, v, v)
		g.VMOVMSKPS(v, mask)
		g.TESTL(mask, mask)
		g.JZ(operand.LabelRef("none"))
		g.Label("bit")
		bit, rest := g.GP32(), g.GP32()
		g.BSFL(mask, bit)
		g.ADDL(index.As32(), bit)
		g.MOVL(bit, operand.Mem{Base: dst, Index: found, Scale: 4})
		g.INCQ(found)
		g.LEAL(operand.Mem{Base: mask, Disp: -1}, rest)
		g.ANDL(rest, mask)
		g.JNZ(operand.LabelRef("bit"))
		g.Label("none")
	})
	g.VZEROUPPER()
	g.Store(found, g.ReturnIndex(0))
	g.RET()
}

// tries is how many factors correlations takes.
const tries = 4

func (g *generator) correlations() {
	g.begin("correlationsVector", "func(sums []float32, src []byte, inverses []float32, high float32)",
		"correlationsVector looks at whole vectors of src. For each of the four inverses, sums has eight lanes of",
		"products, and then eight of squares.")
	sums, src, count := g.pointer("sums"), g.pointer("src"), g.length("src")
	g.SHRQ(operand.Imm(2), count)
	inverses := g.pointer("inverses")
	high := g.broadcast("high")
	var inverse, products, squares [tries]reg.VecVirtual
	for i := range inverse {
		inverse[i], products[i], squares[i] = g.YMM(), g.YMM(), g.YMM()
		g.VBROADCASTSS(operand.Mem{Base: inverses, Disp: i * floatSize}, inverse[i])
		g.VXORPS(products[i], products[i], products[i])
		g.VXORPS(squares[i], squares[i], squares[i])
	}
	index := g.zero()
	g.blocks("values", lanes, index, count, func() {
		x, v, product := g.YMM(), g.YMM(), g.YMM()
		g.VMOVDQU(floats(src, index, 0), x)
		g.VPSLLD(operand.Imm(1), x, x) // without the sign
		g.VPSRLD(operand.Imm(1), x, x)
		for i := range inverse {
			const nearestEven = 0
			g.VMULPS(inverse[i], x, v)
			g.VMINPS(high, v, v)
			g.VROUNDPS(operand.Imm(nearestEven), v, v)
			g.VMULPS(x, v, product)
			g.VADDPS(product, products[i], products[i])
			g.VMULPS(v, v, v)
			g.VADDPS(v, squares[i], squares[i])
		}
	})
	for i := range inverse {
		g.VMOVUPS(products[i], operand.Mem{Base: sums, Disp: 2 * i * lanes * floatSize})
		g.VMOVUPS(squares[i], operand.Mem{Base: sums, Disp: (2*i + 1) * lanes * floatSize})
	}
	g.VZEROUPPER()
	g.RET()
}
