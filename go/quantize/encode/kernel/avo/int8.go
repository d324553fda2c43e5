package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// narrowing tells how 32 bits become 8.
type narrowing int

const (
	saturating narrowing = iota
	wrapping
)

// quantizer holds the constants of a kernel that makes int8.
type quantizer struct {
	*generator
	kind                                     narrowing
	sign, almostHalf, lowest, lowByte, order reg.VecVirtual
}

func (g *generator) quantizer(kind narrowing) *quantizer {
	q := &quantizer{
		generator:  g,
		kind:       kind,
		sign:       g.constant(g.signBits),
		almostHalf: g.constant(g.almostHalf),
		lowest:     g.constant(g.lowest),
		order:      g.YMM(),
	}
	g.VMOVDQU(g.order, q.order)
	if kind == wrapping {
		q.lowByte = g.constant(g.lowByte)
	}
	return q
}

func (g *generator) int8(name string, kind narrowing) {
	g.begin(name, "func(dst, src []byte, inverse float32)",
		name+" needs eight values at least.")
	dst, src, count := g.pointer("dst"), g.pointer("src"), g.length("dst")
	inverse := g.broadcast("inverse")
	q := g.quantizer(kind)
	index := g.zero()
	q.values(dst, src, index, count, func(int) reg.Register { return inverse })
	g.VZEROUPPER()
	g.RET()
}

func (g *generator) int8WrappingRows() {
	g.begin("toInt8WrappingRowsVector", "func(dst, src []byte, inverse []float32, rows int)",
		"toInt8WrappingRowsVector converts rows of one value per channel. There are eight channels at least.")
	dst, src := g.pointer("dst"), g.pointer("src")
	inverse, channels := g.pointer("inverse"), g.length("inverse")
	rows := g.GP64()
	g.Load(g.Param("rows"), rows)
	q := g.quantizer(wrapping)
	g.TESTQ(rows, rows)
	g.JZ(operand.LabelRef("done"))
	g.Label("row")
	column := g.zero()
	q.values(dst, src, column, channels, func(vector int) reg.Register {
		v := g.YMM()
		g.VMOVUPS(floats(inverse, column, vector), v)
		return v
	})
	g.ADDQ(channels, dst)
	g.LEAQ(operand.Mem{Base: src, Index: channels, Scale: floatSize}, src)
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("row"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}

// values converts count values. factor gives the register with the factors of
// the vector'th vector from index on.
func (q *quantizer) values(dst, src reg.Register, index, count reg.GPVirtual, factor func(vector int) reg.Register) {
	q.blocks("large", blockSize, index, count, func() {
		var v [4]reg.VecVirtual
		for i := range v {
			v[i] = q.rounded(floats(src, index, i), factor(i))
		}
		q.pack16(v[1], v[0], v[0])
		q.pack16(v[3], v[2], v[2])
		q.pack8(v[2], v[0], v[0])
		q.VPERMD(v[0], q.order, v[0])
		q.VPMAXSB(q.lowest, v[0], v[0])
		q.VMOVDQU(v[0], operand.Mem{Base: dst, Index: index, Scale: 1})
	})
	q.eights("small", index, count, func() {
		v, upper := q.rounded(floats(src, index, 0), factor(0)), q.XMM()
		q.VEXTRACTI128(operand.Imm(1), v, upper)
		x := v.AsX()
		q.pack16(upper, x, x)
		q.pack8(x, x, x)
		q.VPMAXSB(q.lowest.AsX(), x, x)
		q.VMOVQ(x, operand.Mem{Base: dst, Index: index, Scale: 1})
	})
}

// rounded gives int32 values, of which only the low byte is left where the
// rest is to be dropped: then packing without sign cannot saturate.
func (q *quantizer) rounded(values operand.Mem, factor reg.Register) reg.VecVirtual {
	v, half := q.YMM(), q.YMM()
	q.VMULPS(values, factor, v)
	q.VANDPS(q.sign, v, half)
	q.VORPS(q.almostHalf, half, half)
	q.VADDPS(half, v, v)
	q.VCVTTPS2DQ(v, v)
	if q.kind == wrapping {
		q.VPAND(q.lowByte, v, v)
	}
	return v
}

func (q *quantizer) pack16(high, low, dst operand.Op) {
	if q.kind == wrapping {
		q.VPACKUSDW(high, low, dst)
		return
	}
	q.VPACKSSDW(high, low, dst)
}

func (q *quantizer) pack8(high, low, dst operand.Op) {
	if q.kind == wrapping {
		q.VPACKUSWB(high, low, dst)
		return
	}
	q.VPACKSSWB(high, low, dst)
}
