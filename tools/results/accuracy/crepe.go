package accuracy

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

const frame = 1024 // samples that CREPE hears at once

// crepe builds CREPE: a frame of samples in, 360 probabilities of pitches out.
func crepe(weights torchWeights) ([]byte, error) {
	n := &network{Model: synthetic.New(), weights: weights}
	x := n.reshape(n.Input(1, frame), 1, frame, 1, 1)
	for layer := int32(1); layer <= 6; layer++ {
		stride := int32(1)
		if layer == 1 {
			stride = 4
		}
		name := fmt.Sprintf("conv%d", layer)
		x = n.conv(name, x, n.weight(name+".weight", 4), n.weight(name+".bias", 1), stride, 1, relu)
		// The normalization follows the activation and precedes padding, so it cannot
		// be folded into a convolution.
		factors, summands := n.normalization(name + "_BN")
		x = n.add(n.mul(x, n.constant(name+"_BN.factors", factors)), n.constant(name+"_BN.summands", summands))
		s := n.shape(x)
		x = n.layer(tflite.BuiltinOperatorMAX_POOL_2D, tflite.BuiltinOptionsPool2DOptions,
			&tflite.Pool2DOptionsT{FilterHeight: 2, FilterWidth: 1, StrideH: 2, StrideW: 1}, []int32{1, s[1] / 2, 1, s[3]}, x)
	}
	s := n.shape(x)
	x = n.full("classifier", n.reshape(x, 1, s[1]*s[3]))
	return n.finish(n.layer(tflite.BuiltinOperatorLOGISTIC, tflite.BuiltinOptionsNONE, nil, n.shape(x), x))
}
