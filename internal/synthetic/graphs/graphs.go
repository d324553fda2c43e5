// Package graphs makes random whole graphs, with the options that each is
// quantized with.
package graphs

import (
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// A Case is a model and the options it is quantized with.
type Case struct {
	Model   *tflite.ModelT
	Options quantize.Options
}

var operators = toco.Operators()

// Random returns a case whose operators, shapes, sharing, values and options
// follow from the seed. Upstream survives it: indices exist, operators have
// all inputs that upstream looks at, and no two tensors share data that are
// quantized. Shapes may be impossible and lookups have too many outputs, which
// upstream refuses.
func Random(seed uint64) Case {
	g := grower{Rand: rand.New(rand.NewPCG(seed, 0x9a4)), Model: synthetic.New()}
	g.codes()
	for i := range 1 + g.IntN(2)*g.IntN(2) {
		if i > 0 {
			g.Subgraph("more")
		}
		g.graph()
	}
	if g.IntN(6) == 0 {
		g.share()
	}
	c := Case{&g.ModelT, g.options()}
	c.fitData()
	return c
}

// fitData leaves data that do not fit their shape only where upstream can take
// them: longer ones for int8, shorter ones for float16.
func (c *Case) fitData() {
	for _, sg := range c.Model.Subgraphs {
		for _, t := range sg.Tensors {
			b := c.Model.Buffers[t.Buffer]
			n := 4
			for _, d := range t.Shape {
				n *= int(d)
			}
			if short := len(b.Data) < n; len(b.Data) > 0 && t.Type == tflite.TensorTypeFLOAT32 && short != (c.Options.BufferType == quantize.Float16) {
				b.Data = append(b.Data, make([]byte, max(0, n-len(b.Data)))...)[:n]
			}
		}
	}
}

type grower struct {
	*rand.Rand
	*synthetic.Model
	consts []int32 // float32 constants of the subgraph
}

const (
	customA = "CustomA"
	customB = "CustomB"
)

// others are operators without weights.
var others = []tflite.BuiltinOperator{tflite.BuiltinOperatorADD, tflite.BuiltinOperatorDEQUANTIZE, tflite.BuiltinOperatorCONCATENATION,
	tflite.BuiltinOperatorRESHAPE, tflite.BuiltinOperatorDENSIFY}

// codes adds operator codes that no operator need have, of odd versions and in
// either style.
func (g *grower) codes() {
	for range g.IntN(4) {
		op := g.operator()
		c := g.OperatorCodes[g.Code(op)]
		c.Version = int32(g.IntN(9))
		switch g.IntN(3) {
		case 0:
			c.BuiltinCode = 0
		case 1:
			if op < tflite.BuiltinOperatorPLACEHOLDER_FOR_GREATER_OP_CODES {
				c.DeprecatedBuiltinCode = 0
			}
		}
	}
}

func (g *grower) operator() tflite.BuiltinOperator {
	if g.IntN(4) == 0 {
		return others[g.IntN(len(others))]
	}
	return operators[g.IntN(len(operators))].Operator
}

func (g *grower) graph() {
	g.consts = nil
	for range 1 + g.IntN(3) {
		g.Input(g.shape(4)...)
	}
	for range 1 + g.IntN(6) {
		g.constant()
	}
	if g.IntN(3) == 0 {
		g.Constant(tflite.TensorTypeINT32, []int32{4}, synthetic.Ints(0, 1, 2, 3))
	}
	for range 1 + g.IntN(7) {
		g.add()
	}
	for range 1 + g.IntN(3) {
		g.Output(g.any())
	}
}

// shape is small; now and then impossible.
func (g *grower) shape(most int) []int32 {
	s := make([]int32, g.IntN(most+1))
	for i := range s {
		s[i] = int32(1 + g.IntN(5))
	}
	if len(s) > 0 && g.IntN(300) == 0 {
		s[g.IntN(len(s))] = int32(-g.IntN(2))
	}
	return s
}

func (g *grower) constant() {
	shape := g.shape(4)
	for i := range shape {
		shape[i] = max(shape[i], 1)
	}
	if g.IntN(12) == 0 {
		shape = []int32{int32(31 + g.IntN(3)), 32, 1, 1} // about 1024 elements
	}
	t := g.Weights(shape, g.values()...)
	tensor := g.Last().Tensors[t]
	switch g.IntN(10) {
	case 0:
		tensor.Type = []tflite.TensorType{tflite.TensorTypeFLOAT16, tflite.TensorTypeINT32, tflite.TensorTypeINT8}[g.IntN(3)]
	case 1:
		tensor.Name = ""
	case 2:
		g.Buffers[tensor.Buffer].Data = append(g.Buffers[tensor.Buffer].Data, "more than fits"[:g.IntN(9)]...)
	case 3:
		data := &g.Buffers[tensor.Buffer].Data
		*data = (*data)[:len(*data)-g.IntN(min(7, len(*data)))]
	case 4:
		tensor.ShapeSignature = []int32{-1, 2}
		tensor.IsVariable, tensor.HasRank = g.IntN(2) == 0, g.IntN(2) == 0
	}
	if g.IntN(4) == 0 {
		tensor.Quantization = g.parameters(shape)
	}
	g.consts = append(g.consts, t)
}

// parameters are as a converter may leave them: nothing, one range, or enough
// ranges for every channel on whatever dimension.
func (g *grower) parameters(shape []int32) *tflite.QuantizationParametersT {
	q := &tflite.QuantizationParametersT{QuantizedDimension: int32(g.IntN(4))}
	if g.IntN(2) == 0 {
		n := 1
		for _, d := range shape {
			n = max(n, int(d))
		}
		for range n + g.IntN(2) {
			lo := float32(g.NormFloat64())
			q.Min, q.Max = append(q.Min, lo), append(q.Max, lo+float32(g.Float64()))
		}
	}
	if g.IntN(2) == 0 {
		q.Scale, q.ZeroPoint = []float32{g.Float32()}, []int64{int64(g.IntN(9))}
	}
	return q
}

func (g *grower) values() []float32 {
	v := make([]float32, 1+g.IntN(60))
	scale := float32(math.Pow(10, float64(g.IntN(9)-4)))
	for i := range v {
		v[i] = scale * float32(g.NormFloat64())
	}
	switch g.IntN(8) {
	case 0:
		return []float32{0}
	case 1: // ties: multiples of half a step
		for i := range v {
			v[i] = float32(g.IntN(255)-127) / 2
		}
		v[0] = 127
	case 2:
		odd := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, math.SmallestNonzeroFloat32,
			float32(math.Copysign(0, -1)), 65504, 65520, 1e-40, math.Float32frombits(0xffc12345)}
		for range 1 + g.IntN(3) {
			v[g.IntN(len(v))] = odd[g.IntN(len(odd))]
		}
	}
	return v
}

// any is any tensor of the subgraph.
func (g *grower) any() int32 {
	if len(g.consts) > 0 && g.IntN(2) == 0 {
		return g.consts[g.IntN(len(g.consts))]
	}
	return int32(g.IntN(len(g.Last().Tensors)))
}

// add adds an operator with random inputs, and outputs of its own.
func (g *grower) add() {
	op := g.operator()
	inputs := make([]int32, g.inputs(op))
	for i := range inputs {
		if inputs[i] = g.any(); g.IntN(5) == 0 && i > 0 {
			inputs[i] = -1
		}
	}
	g.fit(op, inputs)
	outputs := make([]int32, 1)
	if g.IntN(100) == 0 {
		outputs = make([]int32, 2*g.IntN(2))
	}
	for i := range outputs {
		outputs[i] = g.Tensor(g.shape(4)...)
	}
	if g.IntN(8) == 0 {
		name := []string{customA, customB, ""}[g.IntN(3)]
		g.Custom(name, inputs, outputs...)
		return
	}
	o := g.Op(op, inputs, outputs...)
	if o.BuiltinOptions == nil {
		return
	}
	if l, ok := o.BuiltinOptions.Value.(*tflite.LSTMOptionsT); ok && g.IntN(3) == 0 {
		l.KernelType = tflite.LSTMKernelTypeBASIC
	}
	if f, ok := o.BuiltinOptions.Value.(*tflite.FullyConnectedOptionsT); ok {
		f.AsymmetricQuantizeInputs = g.IntN(2) == 0
	}
}

// fit replaces convolution weights of which upstream would read a dimension
// that they do not have.
func (g *grower) fit(op tflite.BuiltinOperator, inputs []int32) {
	least := 1
	switch op {
	case tflite.BuiltinOperatorDEPTHWISE_CONV_2D:
		least = 4
	case tflite.BuiltinOperatorCONV_2D:
	default:
		return
	}
	if w := inputs[1]; w >= 0 && len(g.Last().Tensors[w].Shape) < least {
		inputs[1] = -1
		for _, c := range g.consts {
			if len(g.Last().Tensors[c].Shape) >= least {
				inputs[1] = c
			}
		}
	}
}

// inputs is how many an operator gets: at least those upstream looks at.
func (g *grower) inputs(op tflite.BuiltinOperator) int {
	least := 2
	for _, r := range operators {
		if r.Operator == op {
			least = int(r.Weights[len(r.Weights)-1]) + 1
		}
	}
	return max(least, mostCustomInput+1) + g.IntN(2)
}

const mostCustomInput = 2

// share makes tensors that nothing quantizes share a buffer.
func (g *grower) share() {
	for _, t := range g.Last().Tensors {
		if t.Type == tflite.TensorTypeINT32 && t.Buffer != 0 {
			g.Add(&tflite.TensorT{Name: "shares", Type: tflite.TensorTypeINT32, Shape: t.Shape, Buffer: t.Buffer})
		}
	}
}

func (g *grower) options() quantize.Options {
	var o quantize.Options
	if g.IntN(5) == 0 {
		o.BufferType = quantize.Float16
		return o
	}
	o.MinElements = []uint64{0, 1, 1, 1, 2, 8, 17, 1024}[g.IntN(8)]
	if g.IntN(8) == 0 {
		o.NoHybrid = true // upstream's call for it takes no other option
		return o
	}
	if g.IntN(3) == 0 {
		o.Scheme = quantize.Legacy
	}
	for range g.IntN(3) * g.IntN(2) {
		o.OpDenylist = append(o.OpDenylist, g.operator())
	}
	if g.IntN(2) == 0 {
		o.CustomOps = map[string]quantize.CustomOp{}
		for _, name := range []string{customA, customB, ""} {
			if g.IntN(2) == 0 {
				o.CustomOps[name] = quantize.CustomOp{Inputs: g.Perm(mostCustomInput + 1)[:1+g.IntN(2)], Hybrid: g.IntN(2) == 0}
			}
		}
	}
	return o
}

// Perm is rand.Perm for positions of inputs.
func (g *grower) Perm(n int) []int32 {
	p := make([]int32, n)
	for i, v := range g.Rand.Perm(n) {
		p[i] = int32(v)
	}
	return p
}
