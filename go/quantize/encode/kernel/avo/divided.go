package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// divider holds the constants of a kernel that divides in float64.
type divider struct {
	*generator
	sign, almostHalf, high, low reg.VecVirtual
}

func (g *generator) divider() *divider {
	wide := func(m operand.Mem) reg.VecVirtual {
		y := g.YMM()
		g.VBROADCASTSD(m, y)
		return y
	}
	return &divider{g, wide(g.signBits64), wide(g.almostHalf64), wide(g.limit64), wide(g.lowLimit64)}
}

func (g *generator) int8Divided() {
	g.begin("toInt8DividedVector", "func(dst, src []byte, step float64)",
		"toInt8DividedVector needs eight values at least.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("dst")
	step := g.YMM()
	resolved, err := g.Param("step").Resolve()
	if err != nil {
		panic(err)
	}
	g.VBROADCASTSD(resolved.Addr, step)
	d := g.divider()
	index := g.zero()
	g.eights("values", index, count, func() { d.eight(dst, src, index, step, step) })
	g.VZEROUPPER()
	g.RET()
}

func (g *generator) int8DividedRows() {
	g.begin("toInt8DividedRowsVector", "func(dst, src []byte, steps []float64, rows int)",
		"toInt8DividedRowsVector converts rows of one value per channel. There are eight channels at least.")
	dst, src := g.pointer("dst"), g.pointer("src")
	steps, channels := g.pointer("steps"), g.length("steps")
	rows := g.GP64()
	g.Load(g.Param("rows"), rows)
	d := g.divider()
	g.TESTQ(rows, rows)
	g.JZ(operand.LabelRef("done"))
	g.Label("row")
	column := g.zero()
	g.eights("columns", column, channels, func() {
		at := operand.Mem{Base: steps, Index: column, Scale: doubleSize}
		d.eight(dst, src, column, at, at.Offset(4*doubleSize))
	})
	g.ADDQ(channels, dst)
	g.LEAQ(operand.Mem{Base: src, Index: channels, Scale: floatSize}, src)
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("row"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

const doubleSize = 8

// eight converts the eight values from index on, of which each half has its steps.
func (d *divider) eight(dst, src reg.Register, index reg.GPVirtual, first, second operand.Op) {
	low := d.rounded(floats(src, index, 0), first)
	high := d.rounded(floats(src, index, 0).Offset(4*floatSize), second)
	d.VPACKSSDW(high, low, low)
	d.VPACKSSWB(low, low, low)
	d.VMOVQ(low, operand.Mem{Base: dst, Index: index, Scale: 1})
}

// rounded gives four int32 values. What is no number becomes 0 before limits apply,
// which would take it for one.
func (d *divider) rounded(values operand.Mem, steps operand.Op) reg.VecVirtual {
	const ordered = 7
	v, half, out := d.YMM(), d.YMM(), d.XMM()
	d.VCVTPS2PD(values, v)
	d.VDIVPD(steps, v, v)
	d.VCMPPD(operand.Imm(ordered), v, v, half)
	d.VANDPD(half, v, v)
	d.VMINPD(d.high, v, v)
	d.VMAXPD(d.low, v, v)
	d.VANDPD(d.sign, v, half)
	d.VORPD(d.almostHalf, half, half)
	d.VADDPD(half, v, v)
	d.VCVTTPD2DQY(v, out)
	return out
}
