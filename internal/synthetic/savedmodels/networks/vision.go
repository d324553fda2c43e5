package networks

// resNet50 has the layers of ResNet-50.
func resNet50(whole bool) *net {
	n := sized(whole)
	x := n.map1("Relu", n.normalized(n.conv(n.input(1, 64, 64, 3), n.channels(64), 7, 2, 1)))
	x = n.maxPool(x, 3, 2)
	for stage, blocks := range []int{3, 4, 6, 3} {
		width := n.channels(64 << stage)
		for block := range blocks {
			stride := int64(1)
			if block == 0 && stage > 0 {
				stride = 2
			}
			x = n.bottleneck(x, width, stride, block == 0)
		}
	}
	return n.end(n.map1("Softmax", n.dense(n.pooled(x, false), n.channels(1000))))
}

// bottleneck is a residual block of three convolutions.
func (n *net) bottleneck(x string, width, stride int64, project bool) string {
	shortcut := x
	if project {
		shortcut = n.normalized(n.conv(x, 4*width, 1, stride, 1))
	}
	y := n.map1("Relu", n.normalized(n.conv(x, width, 1, stride, 1)))
	y = n.map1("Relu", n.normalized(n.conv(y, width, 3, 1, 1)))
	return n.map1("Relu", n.sum(n.normalized(n.conv(y, 4*width, 1, 1, 1)), shortcut))
}

// mobileNet has the layers of MobileNetV2.
func mobileNet(whole bool) *net {
	n := sized(whole)
	x := n.map1("Relu6", n.normalized(n.conv(n.input(1, 96, 96, 3), n.channels(32), 3, 2, 1)))
	for _, stage := range []struct{ expand, out, blocks, stride int64 }{
		{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1},
	} {
		for block := range stage.blocks {
			stride := int64(1)
			if block == 0 {
				stride = stage.stride
			}
			x = n.inverted(x, stage.expand, n.channels(stage.out), stride)
		}
	}
	x = n.map1("Relu6", n.normalized(n.conv(x, n.channels(1280), 1, 1, 1)))
	return n.end(n.map1("Softmax", n.dense(n.pooled(x, false), n.channels(1000))))
}

// inverted is an inverted residual block.
func (n *net) inverted(x string, expand, out, stride int64) string {
	y := x
	if expand > 1 {
		y = n.map1("Relu6", n.normalized(n.conv(x, expand*n.last(x), 1, 1, 1)))
	}
	y = n.map1("Relu6", n.normalized(n.depthwise(y, 3, 1, stride)))
	y = n.normalized(n.conv(y, out, 1, 1, 1))
	if stride == 1 && n.last(x) == out {
		return n.sum(x, y)
	}
	return y
}

// efficientNet has the layers of EfficientNet-B0.
func efficientNet(whole bool) *net {
	n := sized(whole)
	x := n.swish(n.normalized(n.conv(n.input(1, 64, 64, 3), n.channels(32), 3, 2, 1)))
	for _, stage := range []struct{ expand, out, blocks, k, stride int64 }{
		{1, 16, 1, 3, 1}, {6, 24, 2, 3, 2}, {6, 40, 2, 5, 2}, {6, 80, 3, 3, 2}, {6, 112, 3, 5, 1}, {6, 192, 4, 5, 2}, {6, 320, 1, 3, 1},
	} {
		for block := range stage.blocks {
			stride := int64(1)
			if block == 0 {
				stride = stage.stride
			}
			x = n.excited(x, stage.expand, n.channels(stage.out), stage.k, stride)
		}
	}
	x = n.swish(n.normalized(n.conv(x, n.channels(1280), 1, 1, 1)))
	return n.end(n.map1("Softmax", n.dense(n.pooled(x, false), n.channels(1000))))
}

// excited is an inverted residual block with squeeze and excitation.
func (n *net) excited(x string, expand, out, k, stride int64) string {
	in := n.last(x)
	y := x
	if expand > 1 {
		y = n.swish(n.normalized(n.conv(x, expand*in, 1, 1, 1)))
	}
	y = n.swish(n.normalized(n.depthwise(y, k, 1, stride)))
	squeezed := n.swish(n.biased(n.conv(n.pooled(y, true), max(1, in/4), 1, 1, 1)))
	y = n.product(y, n.map1("Sigmoid", n.biased(n.conv(squeezed, n.last(y), 1, 1, 1))))
	y = n.normalized(n.conv(y, out, 1, 1, 1))
	if stride == 1 && in == out {
		return n.sum(x, y)
	}
	return y
}

// decoder makes an image of a code, with transposed convolutions.
func decoder(whole bool) *net {
	n := sized(whole)
	x := n.reshape(n.map1("Relu", n.dense(n.input(1, 100), 4*4*n.channels(256))), 1, 4, 4, n.channels(256))
	x = n.map1("Relu", n.biased(n.deconv(x, n.channels(128), 5)))
	x = n.deconv(x, n.channels(64), 5)
	return n.end(n.map1("Tanh", n.deconv(x, 3, 5)))
}

// separable is a depthwise and a pointwise convolution.
func separable() *net {
	n := newNet()
	return n.end(n.conv(n.map1("Relu6", n.depthwise(n.input(1, 8, 8, 128), 3, 1, 1)), 32, 1, 1, 1))
}

func residual() *net {
	n := newNet()
	x := n.input(1, 8, 8, 16)
	return n.end(n.sum(x, n.conv(n.map1("Relu", n.conv(x, 16, 3, 1, 1)), 16, 3, 1, 1)))
}

// multiplied is a depthwise convolution with two outputs for each channel.
func multiplied() *net {
	n := newNet()
	return n.end(n.depthwise(n.input(1, 8, 8, 64), 3, 2, 1))
}

func grouped() *net {
	n := newNet()
	return n.end(n.conv(n.input(1, 8, 8, 32), 32, 3, 1, 2))
}

// severalSubgraphs are signatures of which two read the same weights.
func severalSubgraphs() *net {
	n := newNet()
	w := n.weights(64, 64, 32)
	n.end(n.times(n.input(1, 64), w, false))
	n.begin("again")
	n.end(n.map1("Relu", n.times(n.input(3, 64), w, false)))
	n.begin("transposed")
	n.end(n.times(n.input(2, 32), w, true))
	n.begin("convolution")
	return n.end(n.conv(n.input(1, 8, 8, 16), 16, 3, 1, 1))
}
