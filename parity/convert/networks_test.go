package convert

import (
	"math"
	"math/rand/v2"
)

type network struct {
	name  string
	net   *net
	units int // in int8
	more  int // with full size: weights that are else too small
}

func networks() []network {
	dense := newNet()
	dense.end(dense.dense(dense.input(1, 64), 32))
	return []network{
		{"dense", dense, 1, 0},
		{"ResNet-50", resNet50(), 53, 1},
		{"MobileNet", mobileNet(), 28, 21},
		{"EfficientNet", efficientNet(), 49, 21},
		{"decoder of transposed convolutions", decoder(), 4, 0},
		{"separable convolution", separable(), 2, 0},
		{"depthwise with multiplier", multiplied(), 1, 0},
		{"residual", residual(), 2, 0},
		{"grouped convolution", grouped(), 1, 0},
		{"text CNN", textCNN(), 4, 1},
		{"BERT", bert(), 15, 0},
		{"attention to weights", learnedMemory(), 2, 0},
		{"few rows of a table", lookup(4, false), 1, 0},
		{"more rows than the table has", lookup(100, false), 1, 0},
		{"tied embedding", lookup(4, true), 2, 0},
		{"lookups before and behind a dense layer", gatherBetween(), 3, 0},
		{"recurrent, unrolled", unrolled(), 4, 0},
		{"LSTM", lstm(), 9, 0},
		{"bidirectional LSTM", bidirectional(), 17, 0},
		{"GRU", gru(), 3, 0},
		{"NaN among weights", withNaN(false), 1, 0},
		{"several signatures", severalSubgraphs(), 4, 0},
	}
}

// withNaN is a dense layer whose weights have NaN at three places and in a whole
// column, or are NaN.
func withNaN(everywhere bool) *net {
	n := newNet()
	n.values = func(r *rand.Rand, fan int64, dims []int64) []float32 {
		values := scaledNormal(r, fan, dims)
		for i := range values {
			if everywhere || i < 3 || int64(i)%dims[1] == 7 {
				values[i] = float32(math.NaN())
			}
		}
		return values
	}
	x := n.input(1, 64)
	return n.end(n.times(x, n.weights(64, 64, 32), false))
}
