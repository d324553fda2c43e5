package networks

import (
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

// Random has one or two signatures of one to six layers, with weights on borders of
// rounding, and channels of zeros and of tiny or huge ranges.
func Random(seed uint64) savedmodels.Graph {
	n := newNet()
	n.Rand, n.values = rand.New(rand.NewPCG(seed, 0)), awkward
	n.end(n.randomLayers())
	if n.IntN(4) == 0 {
		n.begin("other")
		n.end(n.randomLayers())
	}
	return n.Graph
}

func (n *net) randomLayers() string {
	x := n.start()
	for range 1 + n.IntN(6) {
		switch len(n.shapes[x]) {
		case 2:
			x = n.onMatrix(x)
		case 3:
			x = n.onSequence(x)
		case 4:
			x = n.onImage(x)
		}
	}
	return n.map1("Identity", x)
}

func (n *net) size(from, to int64) int64 { return from + n.Int64N(to-from) }

// start is an input, or what was looked up in a table.
func (n *net) start() string {
	switch n.IntN(8) {
	case 0, 1:
		return n.input(n.size(1, 4), n.size(32, 80))
	case 2:
		return n.input(n.size(1, 4), n.size(2, 8), n.size(16, 64))
	case 3, 4:
		return n.input(1, n.size(3, 9), n.size(3, 9), n.size(2, 16)*4)
	case 5:
		table := n.weights(1, n.size(16, 60), n.size(20, 64))
		x := n.gather(table, n.words(n.size(1, 80)))
		if n.IntN(2) == 0 {
			return n.times(x, table, true)
		}
		return x
	case 6:
		return n.lstmLayer(n.input(1, steps, features), n.IntN(2) == 0)
	}
	return n.gruLayer(n.input(1, steps, features))
}

func (n *net) onMatrix(x string) string {
	rows, width := n.shapes[x][0], n.last(x)
	switch n.IntN(8) {
	case 0, 1:
		return n.dense(x, n.size(8, 80))
	case 2:
		out := n.size(8, 80)
		return n.times(x, n.weights(width, out, width), true)
	case 3:
		return n.op("MatMul", []int64{40, width}, nil, n.weights(rows, 40, rows), x)
	case 4:
		return n.gather(x, n.words(n.size(1, 4)))
	case 5:
		return n.reshape(x, 1, rows, width)
	}
	return n.onEach(x)
}

func (n *net) onSequence(x string) string {
	batch, rows, width := n.shapes[x][0], n.shapes[x][1], n.last(x)
	out := n.size(8, 48)
	switch n.IntN(6) {
	case 0:
		return n.batchTimes(x, n.weights(width, batch, width, out), false)
	case 1:
		return n.batchTimes(x, n.weights(width, batch, out, width), true)
	case 2:
		return n.denseOfEach(x, out)
	case 3:
		return n.reshape(x, batch*rows, width)
	case 4:
		return n.batchTimes(x, n.weights(width, width, out), false)
	}
	return n.onEach(x)
}

func (n *net) onImage(x string) string {
	k, in := 1+2*n.Int64N(2), n.last(x)
	switch n.IntN(8) {
	case 0:
		return n.conv(x, n.size(2, 12)*4, k, n.size(1, 3), 1)
	case 1:
		return n.biased(n.conv(x, n.size(2, 12)*4, k, 1, 1))
	case 2:
		groups := 1 + n.Int64N(2)*(in%2^1)
		return n.conv(x, groups*n.size(2, 20), k, 1, groups)
	case 3, 4:
		return n.depthwise(x, n.size(3, 6), n.size(1, 4), n.size(1, 3))
	case 5:
		if count(n.shapes[x]) < 1<<12 {
			return n.deconv(x, n.size(1, 20), 2+n.Int64N(3))
		}
	case 6:
		return n.reshape(x, n.shapes[x][0], count(n.shapes[x][1:]))
	}
	return n.onEach(x)
}

// onEach computes each value by itself, in ways that the converter fuses with what is
// before.
func (n *net) onEach(x string) string {
	switch n.IntN(6) {
	case 0:
		return n.map1("Relu", x)
	case 1:
		return n.map1("Relu6", x)
	case 2:
		return n.map1("Tanh", x)
	case 3:
		return n.product(x, n.positive(n.last(x)))
	case 4:
		return n.biased(x)
	}
	if len(n.shapes[x]) == 4 {
		return n.normalized(x)
	}
	return n.sum(x, x)
}

// awkward are values within one float32 of half a step of rounding. The indices of one
// dimension have a range each, whose 127th part is the step.
func awkward(r *rand.Rand, _ int64, dims []int64) []float32 {
	axis := r.IntN(len(dims))
	inner := count(dims[axis+1:])
	peaks := make([]float32, dims[axis])
	for i := range peaks {
		peaks[i] = []float32{1, 1, 1, 1e-7, 1e-40, 1e30, 0}[r.IntN(7)] * (1 + r.Float32())
	}
	values := make([]float32, count(dims))
	for i := range values {
		peak := peaks[int64(i)/inner%dims[axis]]
		v := float32(float64(peak) / 127 * (float64(r.IntN(253)-126) - 0.5))
		switch {
		case peak == 0:
		case r.IntN(20) == 0:
			values[i] = peak
		default:
			values[i] = math.Float32frombits(math.Float32bits(v) + uint32(r.IntN(3)) - 1)
		}
	}
	return values
}
