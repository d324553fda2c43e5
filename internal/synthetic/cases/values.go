package cases

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

func bits(b uint32) float32 { return math.Float32frombits(b) }

// valueCases are weights of numbers that are hard to quantize.
func valueCases() []Case {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	const largest, normal, tiny = math.MaxFloat32, 0x1p-126, 0x1p-149
	values := []struct {
		name   string
		values []float32
	}{
		{"zeros", []float32{0}},
		{"negative zeros", []float32{bits(1 << 31)}},
		{"zeros of both signs", []float32{0, bits(1 << 31), 0}},
		{"zeros of both signs, the least", []float32{0, bits(1 << 31), 1, 2, 0.5}},
		{"zeros of both signs, the negative one first, the least", []float32{bits(1 << 31), 3, 0, 1, 2, 0.5, 7}},
		{"zeros of both signs, the greatest", []float32{-1, -2, 0, -3, bits(1 << 31), -1, -1}},
		{"one value", []float32{0.7}},
		{"one negative value", []float32{-3e-5}},
		{"one value among zeros", []float32{0, 0, 0, 0, 0, 0, 0, -2.5}},
		{"the smallest denormal", []float32{tiny, -tiny, 0}},
		{"denormals", []float32{bits(1), bits(0x7fffff), bits(0x80000123), 0, bits(77)}},
		{"a range that makes the inverse infinite", []float32{0x1p-122, -0x1p-123, 0, 0x1p-126}},
		{"the smallest normal numbers", []float32{normal, -normal, 2 * normal, tiny}},
		{"the largest numbers", []float32{largest, -largest, largest / 2, 1}},
		{"one largest number", []float32{1, 2, -3, -largest}},
		{"infinity", []float32{1, inf, -2, 0.5}},
		{"negative infinity", []float32{1, 2, -inf, 0.5, 7, -7, 3}},
		{"infinities", []float32{inf, -inf}},
		{"a NaN in front", append([]float32{nan}, spread(30)...)},
		{"a NaN inside", append(spread(13), append([]float32{nan}, spread(8)...)...)},
		{"a NaN at the end", append(spread(47), nan)},
		{"NaN", []float32{nan}},
		{"NaN with signs and payloads", []float32{1, bits(0xffc00001), bits(0x7f800001), bits(0x7fffffff), bits(0xff812345), -2}},
		{"NaN and infinities", []float32{inf, nan, -inf, 1}},
		{"ties", ties(127)},
		{"ties of even scales", ties(254)},
		{"ties of a third", ties(127.0 / 3)},
		{"beside ties", besideTies()},
		{"halves' ties", halfTies()},
		{"halves' limits", []float32{65504, 65505, 65519, 65520, 65536, -65504, -65505, -65520, -99999, 6e-8, -6e-8, 2.9e-8, 2.99e-8, 6.1e-5, -6.09e-5}},
		{"bits of every kind", anyBits(48)},
	}
	var cases []Case
	for _, op := range weighed {
		for _, v := range values {
			cases = append(cases, Case{Name: fmt.Sprintf("values/%s/%s", op, v.name), Model: func() *Model {
				m := newModel()
				x := m.Input(1, 6)
				m.use(ruleOf(op), map[int32]int32{0: x, 1: m.Weights([]int32{4, 4, 1, 3}, v.values...)}, func() int32 { return -1 })
				m.use(ruleOf(op), map[int32]int32{0: x, 1: m.Weights([]int32{3, 5, 1, 66}, v.values...)}, func() int32 { return -1 })
				// More values than the first shape holds, in one row.
				all := m.Weights([]int32{1, 1, 1, int32(len(v.values))}, v.values...)
				m.use(ruleOf(op), map[int32]int32{0: x, 1: all}, func() int32 { return -1 })
				return m
			}})
		}
	}
	return append(cases, lengthCases()...)
}

// lengthCases are weights of every small number of values, for what kernels do
// with those that are left over.
func lengthCases() []Case {
	var cases []Case
	for _, op := range weighed {
		for _, along := range []int{0, 1, 2, 3} {
			cases = append(cases, Case{Name: fmt.Sprintf("values/%s/1 to 70 along dimension %d", op, along), Model: func() *Model {
				m := newModel()
				x := m.Input(1, 6)
				for n := range int32(70) {
					shape := []int32{2, 1, 2, 3}
					shape[along] = n + 1
					m.use(ruleOf(op), map[int32]int32{0: x, 1: m.Random(shape...)}, func() int32 { return -1 })
				}
				return m
			}})
		}
	}
	return cases
}

// spread are n values, none of them large.
func spread(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i%7) - 3.3
	}
	return v
}

// ties are all values between two neighbours of the int8 scale with the given range.
func ties(limit float32) []float32 {
	v := []float32{limit}
	for k := -127; k < 127; k++ {
		v = append(v, (float32(k)+0.5)*limit/127)
	}
	return v
}

func besideTies() []float32 {
	v := []float32{127}
	for k := -127; k < 127; k++ {
		tie := float32(k) + 0.5
		v = append(v, math.Nextafter32(tie, -1000), math.Nextafter32(tie, 1000))
	}
	return v
}

// halfTies are values between two neighbouring halves, and beside these, for
// normal and denormal ones.
func halfTies() []float32 {
	var v []float32
	for _, scale := range []float32{1, 0x1p-14, 0x1p-24, 0x1p15} {
		for k := range 8 {
			tie := scale * (1 + (float32(k)+0.5)/1024)
			v = append(v, tie, -tie, math.Nextafter32(tie, 0), math.Nextafter32(tie, 1e9))
		}
	}
	for k := range 8 {
		v = append(v, (float32(k)+0.5)*0x1p-24, -(float32(k)+0.5)*0x1p-24)
	}
	return v
}

func anyBits(n int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, n)
	for i := range v {
		v[i] = bits(r.Uint32())
	}
	return v
}

// typeCases are constants of every type where weights are expected.
func typeCases() []Case {
	var cases []Case
	for _, typ := range tflite.TensorTypes() {
		if typ == tflite.TensorTypeFLOAT32 {
			continue
		}
		cases = append(cases, Case{Name: "values/weights of type " + typ.String(), Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			w := m.Constant(typ, []int32{6, 5}, make([]byte, 4*30))
			m.use(ruleOf(tflite.BuiltinOperatorSVDF), map[int32]int32{0: x, 1: w, 2: m.Random(6, 5)}, func() int32 { return -1 })
			return m
		}})
	}
	return cases
}
