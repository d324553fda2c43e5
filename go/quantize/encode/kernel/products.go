package kernel

import (
	"fmt"
	"math"
)

// ProductLanes is how many sums AddProducts adds to.
const ProductLanes = 64

// AddProducts adds to each of ProductLanes sums the products of values with its column of
// a table, in order, each product and sum with one rounding: row k of the table is for
// value k. A sum that is no number has any bits of one.
func AddProducts(sums, values, table []float32) {
	if len(sums) != ProductLanes || len(table) < ProductLanes*len(values) {
		panic(fmt.Sprintf("kernel: AddProducts: there are %d sums and a table of %d, expected %d and %d", len(sums), len(table), ProductLanes, ProductLanes*len(values)))
	}
	if len(values) > 0 {
		addProducts(sums, values, table)
	}
}

func addProductsPortable(sums, values, table []float32) {
	for k, v := range values {
		row := table[ProductLanes*k:][:ProductLanes]
		for j := range sums {
			sums[j] = fused(v, row[j], sums[j])
		}
	}
}

// fused rounds v*factor + sum once: the product is exact in float64, the sum is rounded to
// odd there, and that to float32.
func fused(v, factor, sum float32) float32 {
	p, x := float64(v)*float64(factor), float64(sum)
	s := x + p
	t := s - x
	rest := (x - (s - t)) + (p - t)
	if rest == 0 || rest != rest {
		return float32(s)
	}
	b := math.Float64bits(s)
	if rest > 0 != (s > 0) {
		b--
	}
	return float32(math.Float64frombits(b | 1))
}
