package synthetic

import (
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A net is a model of layers whose weights keep activations near 1.
type net struct {
	*Model
	rand *rand.Rand
}

func newNet(seed uint64) *net { return &net{New(), rand.New(rand.NewPCG(seed, 11))} }

func (n *net) shape(x int32) []int32 { return n.Last().Tensors[x].Shape }

// layer adds an operator with one output.
func (n *net) layer(op tflite.BuiltinOperator, kind tflite.BuiltinOptions, o any, shape []int32, inputs ...int32) int32 {
	y := n.Tensor(shape...)
	n.Op(op, inputs, y).BuiltinOptions = BuiltinOptions(kind, o)
	return y
}

// weights adds constants from a normal distribution whose deviation is sqrt(2/fan).
func (n *net) weights(fan int32, shape ...int32) int32 {
	values := make([]float32, Elements(shape))
	deviation := float32(math.Sqrt(2 / float64(fan)))
	for i := range values {
		values[i] = float32(n.rand.NormFloat64()) * deviation
	}
	return n.Constant(tflite.TensorTypeFLOAT32, shape, Floats(values...))
}

func (n *net) bias(size int32) int32 { return n.weights(200, size) }

func (n *net) ints(values ...int32) int32 {
	return n.Constant(tflite.TensorTypeINT32, []int32{int32(len(values))}, Ints(values...))
}

// state adds a variable tensor, which is 0 when the model starts.
func (n *net) state(shape ...int32) int32 {
	s := n.Tensor(shape...)
	n.Last().Tensors[s].IsVariable = true
	return s
}

type activation = tflite.ActivationFunctionType

const (
	linear = tflite.ActivationFunctionTypeNONE
	relu   = tflite.ActivationFunctionTypeRELU
	relu6  = tflite.ActivationFunctionTypeRELU6
	tanh   = tflite.ActivationFunctionTypeTANH
)

func ceil(a, b int32) int32 { return (a + b - 1) / b }

// conv is a convolution with padding, whose weights are [out, k, k, in].
func (n *net) conv(x, out, k, stride int32, act activation) int32 {
	s := n.shape(x)
	return n.layer(tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOptionsConv2DOptions,
		&tflite.Conv2DOptionsT{StrideW: stride, StrideH: stride, DilationWFactor: 1, DilationHFactor: 1, FusedActivationFunction: act},
		[]int32{s[0], ceil(s[1], stride), ceil(s[2], stride), out}, x, n.weights(k*k*s[3], out, k, k, s[3]), n.bias(out))
}

// depthwise is a depthwise convolution with padding, whose weights are [1, k, k, channels].
func (n *net) depthwise(x, k, stride int32, act activation) int32 {
	s := n.shape(x)
	return n.layer(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOptionsDepthwiseConv2DOptions,
		&tflite.DepthwiseConv2DOptionsT{StrideW: stride, StrideH: stride, DepthMultiplier: 1, DilationWFactor: 1, DilationHFactor: 1, FusedActivationFunction: act},
		[]int32{s[0], ceil(s[1], stride), ceil(s[2], stride), s[3]}, x, n.weights(k*k, 1, k, k, s[3]), n.bias(s[3]))
}

// deconv is a transposed convolution with padding, whose weights are [out, k, k, in].
func (n *net) deconv(x, out, k, stride int32) int32 {
	s := n.shape(x)
	shape := []int32{s[0], s[1] * stride, s[2] * stride, out}
	return n.layer(tflite.BuiltinOperatorTRANSPOSE_CONV, tflite.BuiltinOptionsTransposeConvOptions,
		&tflite.TransposeConvOptionsT{StrideW: stride, StrideH: stride},
		shape, n.ints(shape...), n.weights(k*k*s[3]/stride/stride, out, k, k, s[3]), x, n.bias(out))
}

// full is a dense layer on the last dimension.
func (n *net) full(x, out int32, act activation) int32 {
	s := n.shape(x)
	in := s[len(s)-1]
	return n.fullBy(x, n.weights(in, out, in), act)
}

func (n *net) fullBy(x, w int32, act activation) int32 {
	s := append([]int32(nil), n.shape(x)...)
	out := n.shape(w)[0]
	s[len(s)-1] = out
	return n.layer(tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOptionsFullyConnectedOptions,
		&tflite.FullyConnectedOptionsT{FusedActivationFunction: act, KeepNumDims: len(s) > 2}, s, x, w, n.bias(out))
}

func (n *net) add(a, b int32, act activation) int32 {
	return n.layer(tflite.BuiltinOperatorADD, tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{FusedActivationFunction: act}, n.shape(a), a, b)
}

func (n *net) sub(a, b int32) int32 {
	return n.layer(tflite.BuiltinOperatorSUB, tflite.BuiltinOptionsSubOptions, &tflite.SubOptionsT{}, n.shape(a), a, b)
}

func (n *net) mul(a, b int32) int32 {
	return n.layer(tflite.BuiltinOperatorMUL, tflite.BuiltinOptionsMulOptions, &tflite.MulOptionsT{}, n.shape(a), a, b)
}

// map1 applies an operator without options to each value.
func (n *net) map1(op tflite.BuiltinOperator, x int32) int32 {
	return n.layer(op, tflite.BuiltinOptionsNONE, nil, n.shape(x), x)
}

func (n *net) softmax(x int32) int32 {
	return n.layer(tflite.BuiltinOperatorSOFTMAX, tflite.BuiltinOptionsSoftmaxOptions, &tflite.SoftmaxOptionsT{Beta: 1}, n.shape(x), x)
}

func (n *net) reshape(x int32, shape ...int32) int32 {
	return n.layer(tflite.BuiltinOperatorRESHAPE, tflite.BuiltinOptionsReshapeOptions, &tflite.ReshapeOptionsT{NewShape: shape}, shape, x, n.ints(shape...))
}

func (n *net) transpose(x int32, order ...int32) int32 {
	shape := make([]int32, len(order))
	for i, d := range order {
		shape[i] = n.shape(x)[d]
	}
	return n.layer(tflite.BuiltinOperatorTRANSPOSE, tflite.BuiltinOptionsTransposeOptions, &tflite.TransposeOptionsT{}, shape, x, n.ints(order...))
}

// mean is that over the given dimensions, which become 1.
func (n *net) mean(x int32, over ...int32) int32 {
	shape := append([]int32(nil), n.shape(x)...)
	for _, d := range over {
		shape[d] = 1
	}
	return n.layer(tflite.BuiltinOperatorMEAN, tflite.BuiltinOptionsReducerOptions, &tflite.ReducerOptionsT{KeepDims: true}, shape, x, n.ints(over...))
}

func (n *net) concat(axis int32, xs ...int32) int32 {
	shape := append([]int32(nil), n.shape(xs[0])...)
	for _, x := range xs[1:] {
		shape[axis] += n.shape(x)[axis]
	}
	return n.layer(tflite.BuiltinOperatorCONCATENATION, tflite.BuiltinOptionsConcatenationOptions, &tflite.ConcatenationOptionsT{Axis: axis}, shape, xs...)
}

// maxPool has windows of h by w, with padding.
func (n *net) maxPool(x, h, w, stride int32) int32 {
	s := n.shape(x)
	return n.layer(tflite.BuiltinOperatorMAX_POOL_2D, tflite.BuiltinOptionsPool2DOptions,
		&tflite.Pool2DOptionsT{FilterHeight: h, FilterWidth: w, StrideH: stride, StrideW: stride},
		[]int32{s[0], ceil(s[1], stride), ceil(s[2], stride), s[3]}, x)
}

// embed looks words up in a table.
func (n *net) embed(ids, table int32) int32 {
	shape := append(append([]int32(nil), n.shape(ids)...), n.shape(table)[1])
	return n.layer(tflite.BuiltinOperatorGATHER, tflite.BuiltinOptionsGatherOptions, &tflite.GatherOptionsT{}, shape, table, ids)
}

// words adds an input of word numbers.
func (n *net) words(count int32) int32 {
	ids := n.Typed(tflite.TensorTypeINT32, 1, count)
	n.Last().Inputs = append(n.Last().Inputs, ids)
	return ids
}

// finish makes x the output.
func (n *net) finish(x int32) *Model {
	n.Output(x)
	return n.Model
}
