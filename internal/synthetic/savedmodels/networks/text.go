package networks

// textCNN has convolutions of 3, 4 and 5 words, whose largest values decide.
func textCNN(whole bool) *net {
	n := sized(whole)
	width, filters := n.channels(128), n.channels(128)
	x := n.gather(n.weights(1, 500, width), n.words(1, 16))
	x = n.reshape(x, 1, 16, 1, width)
	var features []string
	for _, k := range []int64{3, 4, 5} {
		y := n.op("Conv2D", []int64{1, 16, 1, filters}, window(1), x, n.weights(k*width, k, 1, width, filters))
		features = append(features, n.largest(n.map1("Relu", n.biased(y))))
	}
	return n.end(n.map1("Softmax", n.dense(n.concat(1, features...), 6)))
}

// largest is the largest value over height and width.
func (n *net) largest(x string) string {
	return n.op("Max", []int64{n.shapes[x][0], n.last(x)}, intIndex, x, n.ints(1, 2))
}

// bert has two layers of BERT, and predicts words by the table that they are looked
// up in.
func bert(whole bool) *net {
	n := sized(whole)
	const words = 8
	width := n.channels(256)
	table := n.weights(width, 400, width)
	x := n.gather(table, n.words(1, words))
	x = n.sum(x, n.gather(n.weights(width, 32, width), n.words(1, words)))
	x = n.layerNormalized(n.sum(x, n.weights(width, 1, words, width)))
	for range 2 {
		x = n.layerNormalized(n.sum(x, n.attention(x, 4)))
		y := n.gelu(n.denseOfEach(x, 4*width))
		x = n.layerNormalized(n.sum(x, n.denseOfEach(y, width)))
	}
	return n.end(n.times(n.reshape(x, words, width), table, true))
}

// denseOfEach is a dense layer on the last dimension.
func (n *net) denseOfEach(x string, out int64) string {
	return n.biased(n.batchTimes(x, n.weights(n.last(x), n.last(x), out), false))
}

func (n *net) gelu(x string) string {
	return n.product(n.product(x, n.scalar(0.5)), n.sum(n.map1("Erf", n.product(x, n.scalar(0.70710678))), n.scalar(1)))
}

// layerNormalized is a layer normalization on the last dimension.
func (n *net) layerNormalized(x string) string {
	centred := n.less(x, n.meanOfLast(x))
	variance := n.meanOfLast(n.product(centred, centred))
	scaled := n.product(centred, n.map1("Rsqrt", n.sum(variance, n.scalar(1e-5))))
	return n.sum(n.product(scaled, n.positive(n.last(x))), n.weights(200, n.last(x)))
}

// attention is self-attention with some heads.
func (n *net) attention(x string, heads int64) string {
	words, width := n.shapes[x][1], n.shapes[x][2]
	split := func() string {
		return n.transpose(n.reshape(n.denseOfEach(x, width), 1, words, heads, width/heads), 0, 2, 1, 3)
	}
	q, k, v := split(), split(), split()
	weight := n.map1("Softmax", n.product(n.batchTimes(q, k, true), n.scalar(0.25)))
	y := n.transpose(n.batchTimes(weight, v, false), 0, 2, 1, 3)
	return n.denseOfEach(n.reshape(y, 1, words, width), width)
}

// learnedMemory is attention to keys and values that are weights.
func learnedMemory() *net {
	n := newNet()
	weight := n.map1("Softmax", n.batchTimes(n.input(4, 8, 32), n.weights(32, 4, 64, 32), true))
	return n.end(n.batchTimes(weight, n.weights(64, 4, 64, 16), false))
}

// lookup takes rows of a table, and with tied multiplies them by it.
func lookup(rows int64, tied bool) *net {
	n := newNet()
	table := n.weights(1, 64, 32)
	y := n.gather(table, n.words(rows))
	if tied {
		y = n.times(y, table, true)
	}
	return n.end(y)
}

// gatherBetween takes rows of a table, has a dense layer, and takes some of its rows.
func gatherBetween() *net {
	n := newNet()
	y := n.dense(n.gather(n.weights(1, 64, 32), n.words(4)), 64)
	return n.end(n.dense(n.gather(y, n.words(2)), 32))
}
