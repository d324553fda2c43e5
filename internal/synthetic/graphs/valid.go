package graphs

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// A ValidCase is a model whose shapes fit its operators, and the options that the MLIR
// quantizer gets for it.
type ValidCase struct {
	Model   *tflite.ModelT
	Options mlir.Options
}

// Valid returns a case that follows from the seed. Constants are shared at random among
// operators that want them in the same format, in other formats or as they are.
// TensorFlow's import checks shapes, so Random's models are not for it. What it does not
// survive or does differently for its copies of operators is left out: infinities,
// operators all of whose inputs are constants, operators with several weights that must
// not read int8, recurrent operators that share weights with a GATHER, operators that
// nothing reads, constants of nothing but NaN, and a constant that is added to a
// TRANSPOSE_CONV without bias.
func Valid(seed uint64) ValidCase {
	g := layers{Rand: rand.New(rand.NewPCG(seed, 0x51a)), Model: synthetic.New()}
	for i := range 1 + g.IntN(2)*g.IntN(2) {
		if i > 0 {
			g.Subgraph("more")
		}
		g.graph()
	}
	return ValidCase{&g.ModelT, g.options()}
}

// layers builds a valid graph.
type layers struct {
	*rand.Rand
	*synthetic.Model
	consts      []int32 // float32 constants of the subgraph
	activations []int32
	read        map[int32]bool
	unbiased    map[int32]bool // outputs of TRANSPOSE_CONV without bias
	several     bool           // an operator has several weights
}

func (g *layers) graph() {
	g.consts, g.activations, g.read, g.unbiased = nil, nil, map[int32]bool{}, map[int32]bool{}
	for range 1 + g.IntN(3) {
		g.newInput()
	}
	kinds := []func(){g.dense, g.dense, g.conv, g.conv, g.depthwise, g.deconv, g.batchMatMul, g.gather, g.gather, g.embedding,
		g.custom, g.elementwise, g.elementwise, g.svdf, g.rnn, g.lstm, g.sequenceLSTM, g.keepScale, g.keepScale}
	for range 1 + g.IntN(7) {
		kinds[g.IntN(len(kinds))]()
	}
	for _, t := range g.activations {
		if !g.read[t] || g.IntN(12) == 0 {
			g.Output(t)
		}
	}
	if len(g.consts) > 0 && g.IntN(8) == 0 {
		g.Output(g.consts[g.IntN(len(g.consts))])
	}
}

func (g *layers) shapeOf(t int32) []int32 { return g.Last().Tensors[t].Shape }

func (g *layers) dim() int32 { return int32(1 + g.IntN(6)) }

func (g *layers) newInput() int32 {
	var shape []int32
	switch g.IntN(3) {
	case 0:
		shape = []int32{g.dim(), g.dim() + 1}
	case 1:
		shape = []int32{g.dim(), g.dim(), g.dim() + 1}
	case 2:
		shape = []int32{1, g.dim() + 2, g.dim() + 2, g.dim()}
	}
	return g.inputOf(shape...)
}

func (g *layers) inputOf(shape ...int32) int32 {
	t := g.Input(shape...)
	g.activations = append(g.activations, t)
	return t
}

// of returns an activation of a rank, and reads it.
func (g *layers) of(rank int) int32 {
	var fit []int32
	for _, t := range g.activations {
		if len(g.shapeOf(t)) == rank {
			fit = append(fit, t)
		}
	}
	var t int32
	if len(fit) == 0 || g.IntN(6) == 0 {
		shape := make([]int32, rank)
		for i := range shape {
			shape[i] = g.dim()
		}
		t = g.inputOf(shape...)
	} else {
		t = fit[g.IntN(len(fit))]
	}
	g.read[t] = true
	return t
}

// weights returns a constant of the shape, with luck one that is there already.
func (g *layers) weights(shape ...int32) int32 {
	if g.IntN(2) == 0 {
		for _, c := range g.consts {
			if slices.Equal(g.shapeOf(c), shape) {
				return c
			}
		}
	}
	t := g.own(shape...)
	g.consts = append(g.consts, t)
	return t
}

// own returns a constant that nothing else reads.
func (g *layers) own(shape ...int32) int32 {
	t := g.Weights(shape, g.values(synthetic.Elements(shape))...)
	switch tensor := g.Last().Tensors[t]; g.IntN(25) {
	case 0:
		tensor.Name = ""
	case 1:
		tensor.Quantization = &tflite.QuantizationParametersT{Min: []float32{-1}, Max: []float32{1}}
	case 2:
		tensor.ShapeSignature = shape
	}
	return t
}

// values are as many as the shape has, so that hardly two constants are equal.
func (g *layers) values(n int) []float32 {
	v := make([]float32, n)
	scale := float32(math.Pow(10, float64(g.IntN(14)-9)))
	if g.IntN(3) > 0 {
		scale = 1
	}
	for i := range v {
		v[i] = scale * float32(g.NormFloat64())
	}
	switch g.IntN(12) {
	case 0: // ties: multiples of half a step
		for i := range v {
			v[i] = float32(g.IntN(255)-127) / 2
		}
		v[0] = 127
	case 1:
		odd := []float32{float32(math.NaN()), math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Copysign(0, -1)), 1e-40, 5e-7, 4.9e-7, 1e38}
		if n == 1 {
			odd = odd[1:]
		}
		for range 1 + g.IntN(3) {
			v[g.IntN(len(v))] = odd[g.IntN(len(odd))]
		}
		if !slices.ContainsFunc(v, func(f float32) bool { return f == f }) {
			v[0] = 1
		}
	case 2: // a channel of zeros
		for i := range v[:1+g.IntN(len(v))] {
			v[i] = 0
		}
	}
	return v
}

// needs gives the code of an operator a version at least.
func (g *layers) needs(op tflite.BuiltinOperator, version int32) {
	c := g.OperatorCodes[g.Code(op)]
	c.Version = max(c.Version, version)
}

// result adds an operator with one output.
func (g *layers) result(op tflite.BuiltinOperator, kind tflite.BuiltinOptions, o any, shape []int32, inputs ...int32) int32 {
	y := g.Tensor(shape...)
	if g.IntN(30) == 0 {
		g.Last().Tensors[y].Name = ""
	}
	g.Op(op, inputs, y).BuiltinOptions = synthetic.BuiltinOptions(kind, o)
	g.activations = append(g.activations, y)
	return y
}

func (g *layers) activation() tflite.ActivationFunctionType {
	return []tflite.ActivationFunctionType{tflite.ActivationFunctionTypeNONE, tflite.ActivationFunctionTypeNONE, tflite.ActivationFunctionTypeRELU, tflite.ActivationFunctionTypeRELU6}[g.IntN(4)]
}

func (g *layers) bias(n int32) int32 {
	if g.IntN(3) == 0 {
		return -1
	}
	return g.weights(n)
}

func (g *layers) dense() {
	x := g.of(2 + g.IntN(2))
	shape := slices.Clone(g.shapeOf(x))
	last := len(shape) - 1
	in := shape[last]
	shape[last] = g.dim() * g.dim()
	if last > 1 {
		g.needs(tflite.BuiltinOperatorFULLY_CONNECTED, 5)
	}
	w := g.weights(shape[last], in)
	for _, c := range g.consts {
		if s := g.shapeOf(c); len(s) == 2 && s[1] == in && g.IntN(2) == 0 {
			w, shape[last] = c, s[0]
		}
	}
	g.result(tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOptionsFullyConnectedOptions,
		&tflite.FullyConnectedOptionsT{FusedActivationFunction: g.activation(), KeepNumDims: last > 1, AsymmetricQuantizeInputs: g.IntN(3) == 0}, shape, x, w, g.bias(shape[last]))
}

func (g *layers) conv() {
	x := g.of(4)
	s := g.shapeOf(x)
	in, out, k := s[3], g.dim()*g.dim(), int32(1+g.IntN(3))
	if in%2 == 0 && out%2 == 0 && g.IntN(3) == 0 {
		in /= 2 // two groups
		g.needs(tflite.BuiltinOperatorCONV_2D, 6)
	}
	g.result(tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOptionsConv2DOptions,
		&tflite.Conv2DOptionsT{StrideW: 1, StrideH: 1, DilationWFactor: 1, DilationHFactor: 1, FusedActivationFunction: g.activation()},
		[]int32{s[0], s[1], s[2], out}, x, g.weights(out, k, k, in), g.bias(out))
}

func (g *layers) depthwise() {
	x := g.of(4)
	s := g.shapeOf(x)
	times, k := int32(1+g.IntN(2)), int32(1+g.IntN(3))
	g.result(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOptionsDepthwiseConv2DOptions,
		&tflite.DepthwiseConv2DOptionsT{StrideW: 1, StrideH: 1, DepthMultiplier: times, DilationWFactor: 1, DilationHFactor: 1, FusedActivationFunction: g.activation()},
		[]int32{s[0], s[1], s[2], s[3] * times}, x, g.weights(1, k, k, s[3]*times), g.bias(s[3]*times))
}

func (g *layers) deconv() {
	x := g.of(4)
	s := g.shapeOf(x)
	out, k, stride := g.dim(), int32(1+g.IntN(3)), int32(1+g.IntN(2))
	shape := []int32{s[0], s[1] * stride, s[2] * stride, out}
	inputs := []int32{g.ints(shape...), g.weights(out, k, k, s[3]), x}
	act := tflite.ActivationFunctionTypeNONE
	if b := g.bias(out); b >= 0 {
		inputs, act = append(inputs, b), g.activation()
		g.needs(tflite.BuiltinOperatorTRANSPOSE_CONV, 3)
	}
	if act != tflite.ActivationFunctionTypeNONE {
		g.needs(tflite.BuiltinOperatorTRANSPOSE_CONV, 4)
	}
	const unbiased = 3
	y := g.result(tflite.BuiltinOperatorTRANSPOSE_CONV, tflite.BuiltinOptionsTransposeConvOptions,
		&tflite.TransposeConvOptionsT{StrideW: stride, StrideH: stride, FusedActivationFunction: act}, shape, inputs...)
	g.unbiased[y] = len(inputs) == unbiased
}

func (g *layers) ints(v ...int32) int32 {
	return g.Constant(tflite.TensorTypeINT32, []int32{int32(len(v))}, synthetic.Ints(v...))
}

func (g *layers) batchMatMul() {
	x := g.of(3)
	s := g.shapeOf(x)
	n, adjoint := g.dim(), g.IntN(2) == 0
	w := []int32{s[0], s[2], n}
	if adjoint {
		w[1], w[2] = n, s[2]
	}
	g.result(tflite.BuiltinOperatorBATCH_MATMUL, tflite.BuiltinOptionsBatchMatMulOptions, &tflite.BatchMatMulOptionsT{AdjY: adjoint}, []int32{s[0], s[1], n}, x, g.weights(w...))
}

// table returns a constant of two dimensions.
func (g *layers) table() int32 {
	for _, c := range g.consts {
		if len(g.shapeOf(c)) == 2 && g.IntN(2) == 0 {
			return c
		}
	}
	return g.weights(g.dim()*g.dim(), g.dim()+1)
}

func (g *layers) ids() int32 {
	t := g.Typed(tflite.TensorTypeINT32, g.dim())
	g.Last().Inputs = append(g.Last().Inputs, t)
	return t
}

func (g *layers) gather() {
	ids, table := g.ids(), g.table()
	g.result(tflite.BuiltinOperatorGATHER, tflite.BuiltinOptionsGatherOptions, &tflite.GatherOptionsT{}, []int32{g.shapeOf(ids)[0], g.shapeOf(table)[1]}, table, ids)
}

func (g *layers) embedding() {
	ids, table := g.ids(), g.table()
	g.result(tflite.BuiltinOperatorEMBEDDING_LOOKUP, tflite.BuiltinOptionsNONE, nil, []int32{g.shapeOf(ids)[0], g.shapeOf(table)[1]}, ids, table)
}

func (g *layers) custom() {
	x := g.of(2)
	inputs := []int32{x}
	for range 1 + g.IntN(2) {
		inputs = append(inputs, g.table())
	}
	y := g.Tensor(g.shapeOf(x)...)
	g.Custom([]string{customA, customB}[g.IntN(2)], inputs, y)
	g.activations = append(g.activations, y)
}

// elementwise reads a constant as it is, of which others may make int8.
func (g *layers) elementwise() {
	x := g.of(2 + 2*g.IntN(2))
	s := g.shapeOf(x)
	w := g.weights(s...)
	zeros := !slices.ContainsFunc(g.Buffers[g.Last().Tensors[w].Buffer].Data, func(b byte) bool { return b&0x7f != 0 })
	if zeros || g.unbiased[x] {
		delete(g.read, x) // adding zeros goes
		return
	}
	g.result(tflite.BuiltinOperatorADD, tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{}, s, x, w)
}

// keepScale hands values on, and possibly fewer.
func (g *layers) keepScale() {
	x := g.of(2)
	s := g.shapeOf(x)
	switch g.IntN(3) {
	case 0:
		out := []int32{max(1, s[0]-1), s[1]}
		g.result(tflite.BuiltinOperatorSLICE, tflite.BuiltinOptionsSliceOptions, &tflite.SliceOptionsT{}, out, x, g.ints(0, 0), g.ints(out...))
	case 1:
		out := []int32{s[1], s[0]}
		g.result(tflite.BuiltinOperatorTRANSPOSE, tflite.BuiltinOptionsTransposeOptions, &tflite.TransposeOptionsT{}, out, x, g.ints(1, 0))
	case 2:
		out := []int32{1, s[1]}
		g.result(tflite.BuiltinOperatorREDUCE_MAX, tflite.BuiltinOptionsReducerOptions, &tflite.ReducerOptionsT{KeepDims: true}, out, x, g.ints(0))
	}
}

func (g *layers) state(shape ...int32) int32 {
	t := g.Tensor(shape...)
	g.Last().Tensors[t].IsVariable = true
	return t
}

func (g *layers) svdf() {
	g.several = true
	x := g.of(2)
	s := g.shapeOf(x)
	units, memory := g.dim()*2, g.dim()+1
	g.result(tflite.BuiltinOperatorSVDF, tflite.BuiltinOptionsSVDFOptions, &tflite.SVDFOptionsT{Rank: 1}, []int32{s[0], units},
		x, g.weights(units, s[1]), g.weights(units, memory), g.bias(units), g.state(s[0], memory*units))
}

func (g *layers) rnn() {
	g.several = true
	x := g.of(3)
	s := g.shapeOf(x)
	units := g.dim() + 1
	g.result(tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, tflite.BuiltinOptionsSequenceRNNOptions, &tflite.SequenceRNNOptionsT{FusedActivationFunction: tflite.ActivationFunctionTypeTANH},
		[]int32{s[0], s[1], units}, x, g.own(units, s[2]), g.own(units, units), g.weights(units), g.state(s[0], units))
}

// gates are the inputs of an LSTM after the first.
func (g *layers) gates(in, units, batch int32) []int32 {
	var list []int32
	for range 4 {
		list = append(list, g.weights(units, in))
	}
	for range 4 {
		list = append(list, g.weights(units, units))
	}
	peepholes := g.IntN(3) == 0
	for range 3 {
		if peepholes {
			list = append(list, g.weights(units))
		} else {
			list = append(list, -1)
		}
	}
	for range 4 {
		list = append(list, g.weights(units))
	}
	if g.IntN(3) == 0 {
		list = append(list, g.weights(units, units), g.bias(units))
	} else {
		list = append(list, -1, -1)
	}
	return append(list, g.state(batch, units), g.state(batch, units))
}

func (g *layers) lstm() {
	g.several = true
	x := g.of(2)
	s := g.shapeOf(x)
	units := g.dim() + 1
	g.result(tflite.BuiltinOperatorLSTM, tflite.BuiltinOptionsLSTMOptions, &tflite.LSTMOptionsT{FusedActivationFunction: tflite.ActivationFunctionTypeTANH},
		[]int32{s[0], units}, append([]int32{x}, g.gates(s[1], units, s[0])...)...)
}

func (g *layers) sequenceLSTM() {
	g.several = true
	x := g.of(3)
	s := g.shapeOf(x)
	units := g.dim() + 1
	inputs := append([]int32{x}, g.gates(s[2], units, s[0])...)
	g.result(tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, tflite.BuiltinOptionsUnidirectionalSequenceLSTMOptions,
		&tflite.UnidirectionalSequenceLSTMOptionsT{FusedActivationFunction: tflite.ActivationFunctionTypeTANH}, []int32{s[0], s[1], units}, append(inputs, -1, -1, -1, -1)...)
}

func (g *layers) options() mlir.Options {
	var o mlir.Options
	if g.IntN(8) == 0 {
		o.Float16 = true
		return o
	}
	o.MinElements = []uint64{0, 1, 1, 1, 2, 8, 17, 30}[g.IntN(8)]
	if g.IntN(8) == 0 && !g.several {
		o.WeightOnly = true // upstream's call for it takes no other option
		return o
	}
	o.PerTensor = g.IntN(4) == 0
	for range g.IntN(4) * g.IntN(2) {
		rules := mlir.Operators()
		if op := rules[g.IntN(len(rules))].Operator; !g.several {
			o.OpDenylist = append(o.OpDenylist, op)
		}
	}
	for _, name := range []string{customA, customB} {
		if g.IntN(2) == 0 {
			if o.CustomOps == nil {
				o.CustomOps = map[string]mlir.CustomOp{}
			}
			c := mlir.CustomOp{Inputs: []int32{2, 1}, Hybrid: g.IntN(2) == 0}
			if !c.Hybrid || g.IntN(2) == 0 {
				c.Inputs = []int32{int32(1 + g.IntN(2))}
			}
			o.CustomOps[name] = c
		}
	}
	return o
}

// String names the options.
func (c *ValidCase) String() string { return fmt.Sprintf("%+v", c.Options) }
