package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// addProducts keeps the sums in registers.
func (g *generator) addProducts() {
	g.begin("addProductsVector", "func(sums, values, table []float32)", "addProductsVector needs one value at least.")
	sums, values, table, count := g.pointer("sums"), g.pointer("values"), g.pointer("table"), g.length("values")
	const productVectors = 8
	var acc [productVectors]reg.VecVirtual
	at := func(base reg.Register, i int) operand.Mem {
		return operand.Mem{Base: base, Disp: i * lanes * floatSize}
	}
	for i := range acc {
		acc[i] = g.YMM()
		g.VMOVUPS(at(sums, i), acc[i])
	}
	v := g.YMM()
	g.Label("value")
	g.VBROADCASTSS(operand.Mem{Base: values}, v)
	for i := range acc {
		g.VFMADD231PS(at(table, i), v, acc[i])
	}
	g.ADDQ(operand.Imm(floatSize), values)
	g.ADDQ(operand.U32(productVectors*lanes*floatSize), table)
	g.DECQ(count)
	g.JNZ(operand.LabelRef("value"))
	for i := range acc {
		g.VMOVUPS(acc[i], at(sums, i))
	}
	g.VZEROUPPER()
	g.RET()
}
