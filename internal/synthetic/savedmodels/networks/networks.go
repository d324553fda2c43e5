// Package networks makes networks as SavedModels, which TensorFlow's converter takes:
// the usual architectures with random weights, and random ones.
package networks

import (
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

// A Network is a SavedModel of one graph.
type Network struct {
	Name  string
	Graph savedmodels.Graph
	Units int // of weights that the converter makes int8 of, each where it is read
}

// All lists the usual architectures, whose layers have a quarter of the channels that
// they have where they are in use, or all of them.
func All(whole bool) []Network {
	var out []Network
	for _, n := range networks(whole) {
		if whole {
			n.units += n.more
		}
		out = append(out, Network{n.name, n.net.Graph, n.units})
	}
	return out
}

type network struct {
	name  string
	net   *net
	units int
	more  int // with all channels: weights that are else too small
}

func networks(whole bool) []network {
	dense := newNet()
	dense.end(dense.dense(dense.input(1, 64), 32))
	return []network{
		{"dense", dense, 1, 0},
		{"ResNet-50", resNet50(whole), 53, 1},
		{"MobileNet", mobileNet(whole), 28, 21},
		{"EfficientNet", efficientNet(whole), 49, 21},
		{"decoder of transposed convolutions", decoder(whole), 4, 0},
		{"separable convolution", separable(), 2, 0},
		{"depthwise with multiplier", multiplied(), 1, 0},
		{"residual", residual(), 2, 0},
		{"grouped convolution", grouped(), 1, 0},
		{"text CNN", textCNN(whole), 4, 1},
		{"BERT", bert(whole), 15, 0},
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

// NaN is a dense layer whose weights are NaN.
func NaN() savedmodels.Graph { return withNaN(true).Graph }

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
