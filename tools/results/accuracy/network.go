package accuracy

import (
	"fmt"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// A network is a model that is built of the weights of a file of PyTorch. The first
// weight that is missing or has another shape than expected is its error.
type network struct {
	*synthetic.Model
	weights torchWeights
	err     error
}

func (n *network) shape(x int32) []int32 { return n.Last().Tensors[x].Shape }

// has says if the file has the weights of a layer.
func (n *network) has(layer string) bool {
	_, ok := n.weights[layer+".weight"]
	return ok
}

// weight returns a tensor of the file.
func (n *network) weight(name string, dimensions int) array {
	w, ok := n.weights[name]
	if ok && len(w.shape) == dimensions {
		return w
	}
	if n.err == nil {
		n.err = fmt.Errorf("weight %s: shape %v, want %d dimensions", name, w.shape, dimensions)
	}
	shape := make([]int32, dimensions)
	for i := range shape {
		shape[i] = 1
	}
	return array{shape, []float32{0}}
}

func (n *network) constant(name string, a array) int32 {
	t := n.Weights(a.shape, a.values...)
	n.Last().Tensors[t].Name = name
	return t
}

// layer adds an operator with one output.
func (n *network) layer(op tflite.BuiltinOperator, kind tflite.BuiltinOptions, o any, shape []int32, inputs ...int32) int32 {
	y := n.Tensor(shape...)
	n.Op(op, inputs, y).BuiltinOptions = synthetic.BuiltinOptions(kind, o)
	return y
}

// normalization returns the factor and the summand of each channel of a batch
// normalization.
func (n *network) normalization(name string) (factors, summands array) {
	const epsilon = 1e-3 // of TensorFlow, where the weights come from
	gamma, beta := n.weight(name+".weight", 1), n.weight(name+".bias", 1)
	mean, variance := n.weight(name+".running_mean", 1), n.weight(name+".running_var", 1)
	factors, summands = array{shape: gamma.shape}, array{shape: gamma.shape}
	for i := range gamma.values {
		f := float64(gamma.values[i]) / math.Sqrt(float64(variance.values[i])+epsilon)
		factors.values = append(factors.values, float32(f))
		summands.values = append(summands.values, float32(float64(beta.values[i])-float64(mean.values[i])*f))
	}
	return factors, summands
}

// scaled multiplies each part of the first dimension by its factor.
func (a array) scaled(factors array) array {
	b := array{a.shape, make([]float32, len(a.values))}
	part := len(a.values) / len(factors.values)
	for i := range b.values {
		b.values[i] = a.values[i] * factors.values[i/part]
	}
	return b
}

type activation = tflite.ActivationFunctionType

func ceil(a, b int32) int32 { return (a + b - 1) / b }

// conv is a convolution with padding, of weights [out, in, height, width].
func (n *network) conv(name string, x int32, w, bias array, strideH, strideW int32, act activation) int32 {
	s := n.shape(x)
	return n.layer(tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOptionsConv2DOptions,
		&tflite.Conv2DOptionsT{StrideW: strideW, StrideH: strideH, DilationWFactor: 1, DilationHFactor: 1, FusedActivationFunction: act},
		[]int32{s[0], ceil(s[1], strideH), ceil(s[2], strideW), w.shape[0]},
		x, n.constant(name+".weight", w.transposed(0, 2, 3, 1)), n.constant(name+".bias", bias))
}

// depthwise is a depthwise convolution with padding, of weights [channels, 1, height, width].
func (n *network) depthwise(name string, x int32, w, bias array, stride int32, act activation) int32 {
	s := n.shape(x)
	return n.layer(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOptionsDepthwiseConv2DOptions,
		&tflite.DepthwiseConv2DOptionsT{StrideW: stride, StrideH: stride, DepthMultiplier: 1, DilationWFactor: 1, DilationHFactor: 1, FusedActivationFunction: act},
		[]int32{s[0], ceil(s[1], stride), ceil(s[2], stride), s[3]},
		x, n.constant(name+".weight", w.transposed(1, 2, 3, 0)), n.constant(name+".bias", bias))
}

// full is a dense layer.
func (n *network) full(name string, x int32) int32 {
	w := n.weight(name+".weight", 2)
	return n.layer(tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOptionsFullyConnectedOptions, &tflite.FullyConnectedOptionsT{},
		[]int32{1, w.shape[0]}, x, n.constant(name+".weight", w), n.constant(name+".bias", n.weight(name+".bias", 1)))
}

func (n *network) reshape(x int32, shape ...int32) int32 {
	to := n.Constant(tflite.TensorTypeINT32, []int32{int32(len(shape))}, synthetic.Ints(shape...))
	return n.layer(tflite.BuiltinOperatorRESHAPE, tflite.BuiltinOptionsReshapeOptions, &tflite.ReshapeOptionsT{NewShape: shape}, shape, x, to)
}

func (n *network) add(x, y int32) int32 {
	return n.layer(tflite.BuiltinOperatorADD, tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{}, n.shape(x), x, y)
}

func (n *network) mul(x, y int32) int32 {
	return n.layer(tflite.BuiltinOperatorMUL, tflite.BuiltinOptionsMulOptions, &tflite.MulOptionsT{}, n.shape(x), x, y)
}

// finish makes x the output and returns the file.
func (n *network) finish(x int32) ([]byte, error) {
	n.Output(x)
	return n.Bytes(), n.err
}
