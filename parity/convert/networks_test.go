package convert

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
		{"several signatures", severalSubgraphs(), 4, 0},
	}
}
