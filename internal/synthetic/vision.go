package synthetic

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// resNet50 has the layers and weights of ResNet-50, on an image of side by side.
func resNet50(side int32) *Model {
	n := newNet(50)
	x := n.conv(n.Input(1, side, side, 3), 64, 7, 2, relu)
	x = n.maxPool(x, 3, 3, 2)
	for stage, blocks := range []int{3, 4, 6, 3} {
		width := int32(64) << stage
		for block := range blocks {
			stride := int32(1)
			if block == 0 && stage > 0 {
				stride = 2
			}
			x = n.bottleneck(x, width, stride, block == 0)
		}
	}
	x = n.reshape(n.mean(x, 1, 2), 1, 2048)
	return n.finish(n.softmax(n.full(x, 1000, linear)))
}

// bottleneck is a residual block of three convolutions, of which the last adds
// little, lest activations grow from block to block.
func (n *net) bottleneck(x, width, stride int32, project bool) int32 {
	shortcut := x
	if project {
		shortcut = n.conv(x, 4*width, 1, stride, linear)
	}
	y := n.conv(x, width, 1, stride, relu)
	y = n.conv(y, width, 3, 1, relu)
	small := n.mul(n.conv(y, 4*width, 1, 1, linear), n.Weights([]int32{1}, 0.25))
	return n.add(small, shortcut, relu)
}

// mobileNetV2 has the layers and weights of MobileNetV2, on an image of side by side.
func mobileNetV2(side int32) *Model {
	n := newNet(2)
	x := n.conv(n.Input(1, side, side, 3), 32, 3, 2, relu6)
	for _, stage := range []struct{ expand, out, blocks, stride int32 }{
		{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1},
	} {
		for block := range stage.blocks {
			stride := int32(1)
			if block == 0 {
				stride = stage.stride
			}
			x = n.inverted(x, stage.expand, stage.out, 3, stride)
		}
	}
	x = n.reshape(n.mean(n.conv(x, 1280, 1, 1, relu6), 1, 2), 1, 1280)
	return n.finish(n.softmax(n.full(x, 1000, linear)))
}

// inverted is an inverted residual block.
func (n *net) inverted(x, expand, out, k, stride int32) int32 {
	in := n.shape(x)[3]
	y := x
	if expand > 1 {
		y = n.conv(y, expand*in, 1, 1, relu6)
	}
	y = n.conv(n.depthwise(y, k, stride, relu6), out, 1, 1, linear)
	if stride == 1 && in == out {
		return n.add(x, y, linear)
	}
	return y
}

// efficientNet has three blocks of EfficientNet-B0: kernels of 3 and 5, with
// squeeze and excitation.
func efficientNet() *Model {
	n := newNet(3)
	x := n.swish(n.conv(n.Input(1, 64, 64, 3), 32, 3, 2, linear))
	x = n.excited(x, 1, 16, 3, 1)
	x = n.excited(x, 6, 24, 3, 2)
	x = n.excited(x, 6, 24, 3, 1)
	x = n.excited(x, 6, 40, 5, 2)
	x = n.swish(n.conv(x, 1280, 1, 1, linear))
	return n.finish(n.softmax(n.full(n.reshape(n.mean(x, 1, 2), 1, 1280), 1000, linear)))
}

func (n *net) sigmoid(x int32) int32 { return n.map1(tflite.BuiltinOperatorLOGISTIC, x) }
func (n *net) swish(x int32) int32   { return n.mul(x, n.sigmoid(x)) }

func (n *net) excited(x, expand, out, k, stride int32) int32 {
	in := n.shape(x)[3]
	y := x
	if expand > 1 {
		y = n.swish(n.conv(y, expand*in, 1, 1, linear))
	}
	y = n.swish(n.depthwise(y, k, stride, linear))
	squeezed := n.swish(n.conv(n.mean(y, 1, 2), max(1, in/4), 1, 1, linear))
	y = n.mul(y, n.sigmoid(n.conv(squeezed, n.shape(y)[3], 1, 1, linear)))
	y = n.conv(y, out, 1, 1, linear)
	if stride == 1 && in == out {
		return n.add(x, y, linear)
	}
	return y
}

// decoder makes an image of a code, with transposed convolutions.
func decoder() *Model {
	n := newNet(4)
	x := n.reshape(n.full(n.Input(1, 100), 4*4*256, relu), 1, 4, 4, 256)
	x = n.map1(tflite.BuiltinOperatorRELU, n.deconv(x, 128, 5, 2))
	x = n.map1(tflite.BuiltinOperatorRELU, n.deconv(x, 64, 5, 2))
	return n.finish(n.map1(tflite.BuiltinOperatorTANH, n.deconv(x, 3, 5, 2)))
}
