package accuracy

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// strides are those of the first block of each stage of EfficientNet-Lite.
var strides = []int32{1, 2, 2, 2, 1, 2, 1}

// efficientNet builds an EfficientNet-Lite for images of side by side pixels, with batch
// normalizations folded into convolutions. Which blocks there are follows from the names
// and shapes of the weights: a stage begins where the number of channels changes.
func efficientNet(weights torchWeights, side int32) ([]byte, error) {
	n := &network{Model: synthetic.New(), weights: weights}
	x := n.normalized("_conv_stem", "_bn0", n.Input(1, side, side, 3), 2, relu6)
	stage := 0
	for block := 0; ; block++ {
		prefix := fmt.Sprintf("_blocks.%d.", block)
		if !n.has(prefix + "_project_conv") {
			break
		}
		stride, out := int32(1), n.weight(prefix+"_project_conv.weight", 4).shape[0]
		if out != n.shape(x)[3] {
			if stage == len(strides) {
				return nil, fmt.Errorf("block %d: another stage, want %d", block, len(strides))
			}
			stride = strides[stage]
			stage++
		}
		x = n.inverted(prefix, x, stride)
	}
	x = n.normalized("_conv_head", "_bn1", x, 1, relu6)
	channels := n.shape(x)[3]
	over := n.Constant(tflite.TensorTypeINT32, []int32{2}, synthetic.Ints(1, 2))
	x = n.layer(tflite.BuiltinOperatorMEAN, tflite.BuiltinOptionsReducerOptions, &tflite.ReducerOptionsT{}, []int32{1, channels}, x, over)
	x = n.full("_fc", x)
	return n.finish(n.layer(tflite.BuiltinOperatorSOFTMAX, tflite.BuiltinOptionsSoftmaxOptions, &tflite.SoftmaxOptionsT{Beta: 1}, n.shape(x), x))
}

const (
	linear = tflite.ActivationFunctionTypeNONE
	relu   = tflite.ActivationFunctionTypeRELU
	relu6  = tflite.ActivationFunctionTypeRELU6
)

// inverted is an inverted residual block.
func (n *network) inverted(prefix string, x, stride int32) int32 {
	y := x
	if expand := prefix + "_expand_conv"; n.has(expand) {
		y = n.normalized(expand, prefix+"_bn0", y, 1, relu6)
	}
	y = n.normalized(prefix+"_depthwise_conv", prefix+"_bn1", y, stride, relu6)
	y = n.normalized(prefix+"_project_conv", prefix+"_bn2", y, 1, linear)
	if stride == 1 && n.shape(x)[3] == n.shape(y)[3] {
		return n.add(y, x)
	}
	return y
}

// normalized is a convolution, depthwise if its weights have one input channel, that is
// followed by a batch normalization.
func (n *network) normalized(conv, bn string, x, stride int32, act activation) int32 {
	factors, summands := n.normalization(bn)
	w := n.weight(conv+".weight", 4)
	if len(factors.values) != int(w.shape[0]) {
		n.err = fmt.Errorf("weight %s: %d channels, want %d as %s has", conv, w.shape[0], len(factors.values), bn)
		return x
	}
	w = w.scaled(factors)
	if w.shape[1] == 1 {
		return n.depthwise(conv, x, w, summands, stride, act)
	}
	return n.conv(conv, x, w, summands, stride, stride, act)
}
