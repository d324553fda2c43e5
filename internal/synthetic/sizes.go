package synthetic

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// UsualSizes returns networks with the sizes that people run, for measurements: tests
// take the smaller ones of Nets.
func UsualSizes() []Net {
	return []Net{
		{"MobileNetV2", func() *Model { return mobileNetV2(224) }},
		{"EfficientNet-Lite0", efficientNetLite0},
		{"EfficientNet-B0", efficientNetB0},
		{"ResNet-50", func() *Model { return resNet50(224) }},
		{"image decoder", decoder},
		{"small BERT", smallBERT},
		{"text CNN", func() *Model { return textCNN(20000, 128, 128, 128) }},
		{"LSTM", func() *Model { return sequenceLSTM(10000, 64, 128, 256) }},
		{"dense autoencoder", denseAutoencoder},
		{"SVDF keyword spotter", svdf},
	}
}

// efficientNetStages are those of EfficientNet-B0, which Lite0 shares.
var efficientNetStages = []struct{ expand, out, k, blocks, stride int32 }{
	{1, 16, 3, 1, 1}, {6, 24, 3, 2, 2}, {6, 40, 5, 2, 2}, {6, 80, 3, 3, 2}, {6, 112, 5, 3, 1}, {6, 192, 5, 4, 2}, {6, 320, 3, 1, 1},
}

// efficientNetStack is the part between the first and the last convolution.
func efficientNetStack(x int32, block func(x, expand, out, k, stride int32) int32) int32 {
	for _, s := range efficientNetStages {
		stride := s.stride
		for range s.blocks {
			x = block(x, s.expand, s.out, s.k, stride)
			stride = 1
		}
	}
	return x
}

// efficientNetLite0 has the layers and weights of EfficientNet-Lite0.
func efficientNetLite0() *Model {
	n := newNet(15)
	x := efficientNetStack(n.conv(n.Input(1, 224, 224, 3), 32, 3, 2, relu6), n.inverted)
	x = n.conv(x, 1280, 1, 1, relu6)
	return n.finish(n.softmax(n.full(n.reshape(n.mean(x, 1, 2), 1, 1280), 1000, linear)))
}

// efficientNetB0 has the layers and weights of EfficientNet-B0.
func efficientNetB0() *Model {
	n := newNet(16)
	x := efficientNetStack(n.swish(n.conv(n.Input(1, 224, 224, 3), 32, 3, 2, linear)), n.excited)
	x = n.swish(n.conv(x, 1280, 1, 1, linear))
	return n.finish(n.softmax(n.full(n.reshape(n.mean(x, 1, 2), 1, 1280), 1000, linear)))
}

// smallBERT has the layers and weights of BERT-Mini (4 layers of 256) for 128 tokens,
// and classifies.
func smallBERT() *Model {
	const tokens, width, layers, heads, classes = 128, 256, 4, 4, 2
	n := newNet(17)
	x := n.embed(n.words(tokens), n.weights(width, 30522, width))
	x = n.normalized(n.add(x, n.weights(width, 1, tokens, width), linear))
	for range layers {
		x = n.normalized(n.add(x, n.attention(x, heads), linear))
		hidden := n.layer(tflite.BuiltinOperatorGELU, tflite.BuiltinOptionsGeluOptions, &tflite.GeluOptionsT{},
			[]int32{1, tokens, 4 * width}, n.full(x, 4*width, linear))
		x = n.normalized(n.add(x, n.full(hidden, width, linear), linear))
	}
	return n.finish(n.softmax(n.full(n.mean(x, 1), classes, linear)))
}

// denseAutoencoder has the layers of MLPerf Tiny's for machine sounds.
func denseAutoencoder() *Model {
	n := newNet(18)
	x := n.Input(1, 640)
	for _, units := range []int32{128, 128, 128, 128, 8, 128, 128, 128, 128} {
		x = n.full(x, units, relu)
	}
	return n.finish(n.full(x, 640, linear))
}
