package synthetic

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// textCNN has convolutions of 3, 4 and 5 words, whose largest values decide.
func textCNN(vocabulary, words, width, filters int32) *Model {
	n := newNet(5)
	x := n.embed(n.words(words), n.weights(2, vocabulary, width))
	x = n.reshape(x, 1, words, 1, width)
	var features []int32
	for _, k := range []int32{3, 4, 5} {
		y := n.layer(tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOptionsConv2DOptions,
			&tflite.Conv2DOptionsT{StrideW: 1, StrideH: 1, DilationWFactor: 1, DilationHFactor: 1, FusedActivationFunction: relu},
			[]int32{1, words, 1, filters}, x, n.weights(k*width, filters, k, 1, width), n.bias(filters))
		y = n.maxPool(y, words, 1, words)
		features = append(features, n.reshape(y, 1, filters))
	}
	return n.finish(n.softmax(n.full(n.concat(1, features...), 6, linear)))
}

// transformer is an encoder block and a prediction of words with the table that
// they are looked up in.
func transformer() *Model {
	const words, width, hidden = 16, 64, 256
	n := newNet(6)
	table := n.weights(width, 512, width)
	x := n.embed(n.words(words), table)
	x = n.add(x, n.weights(width, 1, words, width), linear)
	x = n.add(x, n.attention(n.normalized(x), 4), linear)
	y := n.layer(tflite.BuiltinOperatorGELU, tflite.BuiltinOptionsGeluOptions, &tflite.GeluOptionsT{Approximate: true},
		[]int32{1, words, hidden}, n.full(n.normalized(x), hidden, linear))
	x = n.add(x, n.full(y, width, linear), linear)
	x = n.batchMatMul(n.normalized(x), n.weights(width, 1, width, width), false)
	return n.finish(n.softmax(n.fullBy(x, table, linear)))
}

func (n *net) batchMatMul(a, b int32, transposed bool) int32 {
	shape := append([]int32(nil), n.shape(a)...)
	last := len(shape) - 1
	shape[last] = n.shape(b)[last]
	if transposed {
		shape[last] = n.shape(b)[last-1]
	}
	return n.layer(tflite.BuiltinOperatorBATCH_MATMUL, tflite.BuiltinOptionsBatchMatMulOptions, &tflite.BatchMatMulOptionsT{AdjY: transposed}, shape, a, b)
}

// normalized is a layer normalization on the last dimension.
func (n *net) normalized(x int32) int32 {
	last := int32(len(n.shape(x)) - 1)
	width := n.shape(x)[last]
	centred := n.sub(x, n.mean(x, last))
	variance := n.mean(n.mul(centred, centred), last)
	small := n.Weights([]int32{1}, 1e-5)
	scaled := n.mul(centred, n.map1(tflite.BuiltinOperatorRSQRT, n.add(variance, small, linear)))
	return n.add(n.mul(scaled, n.Weights([]int32{width}, 0.9, 1.1)), n.bias(width), linear)
}

// attention is self-attention with some heads.
func (n *net) attention(x, heads int32) int32 {
	words, width := n.shape(x)[1], n.shape(x)[2]
	split := func() int32 {
		return n.transpose(n.reshape(n.full(x, width, linear), 1, words, heads, width/heads), 0, 2, 1, 3)
	}
	q, k, v := split(), split(), split()
	weight := n.softmax(n.mul(n.batchMatMul(q, k, true), n.Weights([]int32{1}, 0.25)))
	y := n.transpose(n.batchMatMul(weight, v, false), 0, 2, 1, 3)
	return n.full(n.reshape(y, 1, words, width), width, linear)
}
