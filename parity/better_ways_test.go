package parity

import (
	"math"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/restore"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A roundingWay makes a float model of another, with the values that rounded weights stand
// for: so nothing but rounding differs.
type roundingWay struct {
	name  string
	round func(t testing.TB, run *reference.Runner, m *tflite.ModelT) []byte
}

// waysByTable are the columns of the tables.
var waysByTable = []struct {
	title string
	ways  []roundingWay
}{
	{"int8 per channel", slices.Concat(waysOf(8), triedWays(8))},
	{"int8 per tensor", []roundingWay{
		byRecipe("nearest", 8, litert.TensorWise, litert.MinMax, encode.Nearest),
		byRecipe("sums", 8, litert.TensorWise, litert.MinMax, encode.PreservedSums),
		equalised(8, litert.TensorWise),
	}},
	{"int4 per channel", slices.Concat(waysOf(4), triedWays(4))},
}

func wayNamed(name string, bits uint8) roundingWay {
	ways := waysOf(bits)
	return ways[slices.IndexFunc(ways, func(w roundingWay) bool { return w.name == name })]
}

// waysOf are those that recipes have.
func waysOf(bits uint8) []roundingWay {
	return []roundingWay{
		byRecipe("nearest", bits, litert.ChannelWise, litert.MinMax, encode.Nearest),
		byRecipe("sums", bits, litert.ChannelWise, litert.MinMax, encode.PreservedSums),
		byRecipe("OCTAV", bits, litert.ChannelWise, litert.OCTAV, encode.Nearest),
		byRecipe("MSE", bits, litert.ChannelWise, litert.MSE, encode.Nearest),
		byRecipe("searched", bits, litert.ChannelWise, litert.Searched, encode.Nearest),
		byRecipe("searched, sums", bits, litert.ChannelWise, litert.Searched, encode.PreservedSums),
	}
}

// triedWays are those that no recipe has.
func triedWays(bits uint8) []roundingWay {
	return []roundingWay{
		carriedOn(bits),
		equalised(bits, litert.ChannelWise),
		{"bias corrected", func(t testing.TB, run *reference.Runner, m *tflite.ModelT) []byte {
			rounded := wayNamed("nearest", bits).round(t, run, m)
			return correctBiases(t, run, m, mustRead(t, rounded))
		}},
	}
}

// byRecipe rounds as a recipe does: CONV_2D and FULLY_CONNECTED, and DEPTHWISE_CONV_2D
// with 8 bits.
func byRecipe(name string, bits uint8, g litert.Granularity, a litert.Algorithm, r encode.Rounding) roundingWay {
	c := litert.Config{Bits: bits, Granularity: g, Dynamic: true}
	o := litert.Options{Rounding: r, Fitting: true}
	o.Recipe = append(o.Recipe, litert.Rule{Regex: ".*", Operation: "CONV_2D", Algorithm: a, Config: c}, litert.Rule{Regex: ".*", Operation: "FULLY_CONNECTED", Algorithm: a, Config: c})
	if bits == 8 {
		if a == litert.Searched {
			a = litert.MinMax
		}
		o.Recipe = append(o.Recipe, litert.Rule{Regex: ".*", Operation: "DEPTHWISE_CONV_2D", Algorithm: a, Config: c})
	}
	return roundingWay{name, func(t testing.TB, _ *reference.Runner, m *tflite.ModelT) []byte {
		return mustQuantize(t, mustRead(t, mustQuantize(t, m, o)), restore.Options{})
	}}
}

// carriedOn rounds each weight of an output together with the error that the ones before it
// have left, as error diffusion does.
func carriedOn(bits uint8) roundingWay {
	high := math.Ldexp(1, int(bits)-1) - 1
	return roundingWay{"errors carried on", func(t testing.TB, _ *reference.Runner, m *tflite.ModelT) []byte {
		eachLayer(m, func(l *layer) {
			if l.depthwise() && bits < 8 {
				return
			}
			w := l.weights()
			scales, left := make([]float64, l.outputs()), make([]float64, l.outputs())
			for i, v := range w {
				o := l.output(i)
				scales[o] = max(scales[o], math.Abs(float64(v))/high)
			}
			for i, v := range w {
				o := l.output(i)
				if scales[o] == 0 {
					continue
				}
				x := float64(v)/scales[o] + left[o]
				q := max(-high, min(high, math.RoundToEven(x)))
				left[o] = max(-0.5, min(0.5, x-q))
				w[i] = float32(q * scales[o])
			}
			l.setWeights(w)
		})
		return mustWrite(t, m)
	}}
}

// equalised scales channels between two layers so that both have weights of one range,
// which changes nothing before rounding: where a convolution feeds another one alone,
// directly or through RELU, LEAKY_RELU or PRELU.
func equalised(bits uint8, g litert.Granularity) roundingWay {
	round := byRecipe("equalised", bits, g, litert.MinMax, encode.Nearest)
	return roundingWay{round.name, func(t testing.TB, run *reference.Runner, m *tflite.ModelT) []byte {
		const rounds = 3
		for range rounds {
			equalise(m)
		}
		return round.round(t, run, m)
	}}
}

func equalise(m *tflite.ModelT) {
	layers := map[*tflite.OperatorT]*layer{}
	eachLayer(m, func(l *layer) { layers[l.op] = l })
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			a := layers[op]
			if a == nil || !a.homogeneous() {
				continue
			}
			next := onlyReader(sg, op.Outputs[0])
			for next != nil && isHomogeneous(m, next) {
				next = onlyReader(sg, next.Outputs[0])
			}
			if b := layers[next]; b != nil && b.inputs() == a.outputs() {
				equalisePair(a, b)
			}
		}
	}
}

func equalisePair(a, b *layer) {
	first, second := make([]float64, a.outputs()), make([]float64, a.outputs())
	v, w := a.weights(), b.weights()
	for i, x := range v {
		first[a.output(i)] = max(first[a.output(i)], math.Abs(float64(x)))
	}
	for i, x := range w {
		second[b.input(i)] = max(second[b.input(i)], math.Abs(float64(x)))
	}
	factor := make([]float32, len(first))
	for c := range factor {
		factor[c] = 1
		if first[c] > 0 && second[c] > 0 {
			factor[c] = float32(math.Sqrt(second[c] / first[c]))
		}
	}
	for i := range v {
		v[i] *= factor[a.output(i)]
	}
	for i := range w {
		w[i] /= factor[b.input(i)]
	}
	a.setWeights(v)
	b.setWeights(w)
	if a.hasBias() {
		bias := a.floats(2)
		for i := range bias {
			bias[i] *= factor[i]
		}
		a.setFloats(2, bias)
	}
}

// inputs is the number of input channels.
func (l *layer) inputs() int { return int(l.shape()[len(l.shape())-1]) }

// homogeneous tells that a layer's output is scaled as its weights are.
func (l *layer) homogeneous() bool {
	if len(l.op.Inputs) > 2 && l.op.Inputs[2] >= 0 && !l.hasBias() || l.depthwise() && l.perOutput() == 0 {
		return false
	}
	var a tflite.ActivationFunctionType
	switch o := l.op.BuiltinOptions.Value.(type) {
	case *tflite.Conv2DOptionsT:
		a = o.FusedActivationFunction
	case *tflite.DepthwiseConv2DOptionsT:
		a = o.FusedActivationFunction
		if o.DepthMultiplier != 1 {
			return false
		}
	default:
		return false
	}
	return a == tflite.ActivationFunctionTypeNONE || a == tflite.ActivationFunctionTypeRELU
}

func isHomogeneous(m *tflite.ModelT, op *tflite.OperatorT) bool {
	switch tflite.BuiltinCode(m.OperatorCodes[op.OpcodeIndex]) {
	case tflite.BuiltinOperatorRELU, tflite.BuiltinOperatorLEAKY_RELU, tflite.BuiltinOperatorPRELU:
		return true
	}
	return false
}

// onlyReader is the operator that alone reads a tensor, nil where there is none.
func onlyReader(sg *tflite.SubGraphT, t int32) *tflite.OperatorT {
	var found *tflite.OperatorT
	for _, op := range sg.Operators {
		for i, in := range op.Inputs {
			if in != t {
				continue
			}
			if found != nil || i != 0 {
				return nil
			}
			found = op
		}
	}
	if slices.Contains(sg.Outputs, t) {
		return nil
	}
	return found
}

// correctBiases adds to the biases of rounded what the errors of its weights make of the
// means of inputs: those that the float model has of a few examples.
func correctBiases(t testing.TB, run *reference.Runner, float, rounded *tflite.ModelT) []byte {
	t.Helper()
	file := mustWrite(t, float)
	means, err := inputMeans(run, float, inputsOf(t, file, 4, 3))
	if err != nil {
		t.Logf("no biases are corrected: %v", err) // where shapes are computed, inputs cannot be outputs
		return nil
	}
	var before []*layer
	eachLayer(float, func(l *layer) { before = append(before, l) })
	i := 0
	eachLayer(rounded, func(l *layer) {
		was := before[i]
		i++
		mean := means[was.op.Inputs[0]]
		if !l.hasBias() || len(mean) == 0 || l.sg != rounded.Subgraphs[0] || l.depthwise() && l.outputs() != len(mean) || !l.depthwise() && l.inputs() != len(mean) {
			return
		}
		bias, v, w := l.floats(2), was.weights(), l.weights()
		add := make([]float64, len(bias))
		for k := range w {
			add[l.output(k)] += (float64(v[k]) - float64(w[k])) * mean[l.input(k)]
		}
		for o := range bias {
			bias[o] += float32(add[o])
		}
		l.setFloats(2, bias)
	})
	return mustWrite(t, rounded)
}

// inputMeans are the means of the channels of each layer's input, by tensor.
func inputMeans(run *reference.Runner, m *tflite.ModelT, inputs [][]reference.Tensor) (map[int32][]float64, error) {
	var tensors []int32
	eachLayer(m, func(l *layer) {
		if in := l.op.Inputs[0]; l.sg == m.Subgraphs[0] && !slices.Contains(tensors, in) && !slices.Contains(l.sg.Inputs, in) {
			tensors = append(tensors, in)
		}
	})
	all := *m
	sg := *m.Subgraphs[0]
	sg.Outputs, all.Subgraphs, all.SignatureDefs = tensors, slices.Clone(m.Subgraphs), nil
	all.Subgraphs[0] = &sg
	out := map[int32][]float64{}
	file, err := tflite.Write(&all)
	if err != nil {
		return nil, err
	}
	for _, input := range inputs {
		outputs, err := run.RunInputs(file, input)
		if err != nil {
			return nil, err
		}
		for i, o := range outputs {
			shape := m.Subgraphs[0].Tensors[tensors[i]].Shape
			channels := int(shape[len(shape)-1])
			v := encode.Floats(o.Data)
			if out[tensors[i]] == nil {
				out[tensors[i]] = make([]float64, channels)
			}
			for k, x := range v {
				out[tensors[i]][k%channels] += float64(x) * float64(channels) / float64(len(v)*len(inputs))
			}
		}
	}
	return out, nil
}
