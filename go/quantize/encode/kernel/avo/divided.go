package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// divider holds the constants of a kernel that divides by steps.
//
// It multiplies in float32 by the inverse of the step, and divides in float64 only where
// one of several vectors' products is nearer to a half than 2^-15, or is no number. Up to
// 128 the two rounded factors and rounding move a product by less: its 2^23rd part, and
// 2^-22 for inverses that are no normal numbers. Beyond, all is limited.
type divider struct {
	*generator
	magnitude, nearHalf, lowest, order reg.VecVirtual
}

func (g *generator) divider() *divider {
	d := &divider{g, g.constant(g.otherBits), g.constant(g.nearHalf), g.constant(g.lowest), g.YMM()}
	g.VMOVDQU(g.order, d.order)
	return d
}

// steps are what values are divided by. Both functions give it for the vector'th vector
// from an index on.
type steps struct {
	inverses func(vector int) reg.Register
	// halves gives the steps of the vector's lower and upper four values.
	halves func(vector int) [2]operand.Op
}

func (g *generator) int8Divided() {
	g.begin("toInt8DividedVector", "func(dst, src []byte, step float64, inverse float32)",
		"toInt8DividedVector needs eight values at least.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("dst")
	inverse := g.broadcast("inverse")
	d := g.divider()
	index := g.zero()
	d.values(dst, src, index, count, steps{
		inverses: func(int) reg.Register { return inverse },
		halves: func(int) [2]operand.Op {
			step := g.double("step")
			return [2]operand.Op{step, step}
		},
	})
	g.VZEROUPPER()
	g.RET()
}

func (g *generator) int8DividedRows() {
	g.begin("toInt8DividedRowsVector", "func(dst, src []byte, steps []float64, inverses []float32, rows int)",
		"toInt8DividedRowsVector converts rows of one value per channel. There are eight channels at least.")
	dst, src := g.pointer("dst"), g.pointer("src")
	doubles, inverses, channels := g.pointer("steps"), g.pointer("inverses"), g.length("steps")
	rows := g.GP64()
	g.Load(g.Param("rows"), rows)
	d := g.divider()
	g.TESTQ(rows, rows)
	g.JZ(operand.LabelRef("done"))
	g.Label("row")
	column := g.zero()
	d.values(dst, src, column, channels, steps{
		inverses: func(vector int) reg.Register {
			v := g.YMM()
			g.VMOVUPS(floats(inverses, column, vector), v)
			return v
		},
		halves: func(vector int) [2]operand.Op {
			low := operand.Mem{Base: doubles, Index: column, Scale: doubleSize, Disp: vector * lanes * doubleSize}
			return [2]operand.Op{low, low.Offset(lanes / 2 * doubleSize)}
		},
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

// values converts count values.
func (d *divider) values(dst, src reg.Register, index, count reg.GPVirtual, by steps) {
	d.blocks("large", blockSize, index, count, func() {
		v := d.multiplied("large", 4, dst, src, index, by)
		out := d.packed([4]reg.VecVirtual(v), d.order)
		d.VPMAXSB(d.lowest, out, out)
		d.VMOVDQU(out, operand.Mem{Base: dst, Index: index, Scale: 1})
		d.Label("largeStored")
	})
	d.eights("small", index, count, func() {
		v := d.multiplied("small", 1, dst, src, index, by)
		out := d.packedEight(v[0])
		d.VPMAXSB(d.lowest.AsX(), out, out)
		d.VMOVQ(out, operand.Mem{Base: dst, Index: index, Scale: 1})
		d.Label("smallStored")
	})
}

// multiplied gives the int32 values of vectors, or divides, stores the results and goes
// to the label that ends in Stored.
func (d *divider) multiplied(name string, vectors int, dst, src, index reg.Register, by steps) []reg.VecVirtual {
	v := make([]reg.VecVirtual, vectors)
	var farthest reg.VecVirtual
	for i := range v {
		var rest reg.VecVirtual
		v[i], rest = d.nearest(floats(src, index, i), by.inverses(i))
		if i == 0 {
			farthest = rest
			continue
		}
		d.VPMAXUD(rest, farthest, farthest)
	}
	d.VPCMPGTD(d.nearHalf, farthest, farthest)
	d.VPTEST(farthest, farthest)
	d.JZ(operand.LabelRef(name + "Clear"))
	d.divide(vectors, dst, src, index, by)
	d.JMP(operand.LabelRef(name + "Stored"))
	d.Label(name + "Clear")
	return v
}

// nearest gives products as the nearest int32 values, and how far they are from these,
// as patterns without sign: NaN is farther than any number.
func (d *divider) nearest(values operand.Mem, inverses reg.Register) (v, rest reg.VecVirtual) {
	product, whole := d.YMM(), d.YMM()
	v, rest = d.YMM(), d.YMM()
	d.VMULPS(values, inverses, product)
	d.VCVTPS2DQ(product, v)
	d.VCVTDQ2PS(v, whole)
	d.VSUBPS(whole, product, rest)
	d.VANDPS(d.magnitude, rest, rest)
	return v, rest
}

// divide converts vectors by division in float64.
func (d *divider) divide(vectors int, dst, src, index reg.Register, by steps) {
	q := d.quotients()
	for i := range vectors {
		values, halves := floats(src, index, i), by.halves(i)
		low := q.rounded(values, halves[0])
		high := q.rounded(values.Offset(lanes/2*floatSize), halves[1])
		d.VPACKSSDW(high, low, low)
		d.VPACKSSWB(low, low, low)
		d.VMOVQ(low, operand.Mem{Base: dst, Index: index, Scale: 1, Disp: i * lanes})
	}
}

// quotients holds the constants of divisions.
type quotients struct {
	*generator
	sign, almostHalf, high, low reg.VecVirtual
}

func (g *generator) quotients() *quotients {
	wide := func(m operand.Mem) reg.VecVirtual {
		y := g.YMM()
		g.VBROADCASTSD(m, y)
		return y
	}
	return &quotients{g, wide(g.signBits64), wide(g.almostHalf64), wide(g.limit64), wide(g.lowLimit64)}
}

// rounded gives four int32 values. What is no number becomes 0 before limits apply,
// which would take it for one.
func (q *quotients) rounded(values operand.Mem, steps operand.Op) reg.VecVirtual {
	const ordered = 7
	v, half, out := q.YMM(), q.YMM(), q.XMM()
	q.VCVTPS2PD(values, v)
	q.VDIVPD(steps, v, v)
	q.VCMPPD(operand.Imm(ordered), v, v, half)
	q.VANDPD(half, v, v)
	q.VMINPD(q.high, v, v)
	q.VMAXPD(q.low, v, v)
	q.VANDPD(q.sign, v, half)
	q.VORPD(q.almostHalf, half, half)
	q.VADDPD(half, v, v)
	q.VCVTTPD2DQY(v, out)
	return out
}
