package quantize

import (
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// An Action is what happens to a tensor.
type Action uint8

// The actions.
const (
	Keep           Action = iota
	Int8PerTensor         // one scale
	Int8PerChannel        // a scale for each index of a dimension
	ToFloat16
	PassThrough // an activation that takes the type of the int8 tensor it is looked up in
)

// A Reason says why a tensor has its action.
type Reason uint8

// The reasons; all but Weight, Constant and LookedUp are for Keep.
const (
	Activation Reason = iota // computed when the model runs, or unused
	NotFloat32               // a constant of another type
	NotWeight                // a float32 constant, but no operator's weights
	TooSmall                 // weights with fewer elements than Options.MinElements
	Weight                   // weights of an operator
	Constant                 // a constant input of an operator, for Float16
	LookedUp                 // the output of a lookup in quantized weights
)

// A TensorPlan is what happens to one tensor of the model.
type TensorPlan struct {
	Action Action
	Reason Reason
	// Operator and Input are the first to read the tensor as Reason says; for
	// LookedUp the operator whose output it is. Operator is -1 for other reasons.
	Operator, Input int32
	// ChannelDim is the quantized dimension, for Int8PerChannel.
	ChannelDim int32
	// Elements is the number of values, for quantized tensors and TooSmall.
	Elements uint64
	// Result is the index into Plan.Results of its data, for quantized tensors.
	Result int32
}

// Quantized reports whether the tensor's data are replaced.
func (t *TensorPlan) Quantized() bool {
	return t.Action == Int8PerTensor || t.Action == Int8PerChannel || t.Action == ToFloat16
}

// A Use is an input of an operator.
type Use struct{ Operator, Input int32 }

// A Dequantize is a DEQUANTIZE operator that is added.
type Dequantize struct {
	Tensor int32 // what it reads: quantized, or passed through
	Origin int32 // the quantized tensor it was added for: Tensor, or the table of the lookup that gave it
	Output int32 // the tensor that is added for it
	// Readers are the inputs that now read Output. Operators that are added
	// themselves have the numbers behind those of the model, in order of adding.
	Readers []Use
	// GraphOutput is the entry of the subgraph's outputs that now is Output, or -1.
	GraphOutput int32

	like int32 // the model's tensor whose values Output has
}

// A Lookup is an operator whose output takes the type of the quantized tensor
// that it alone reads.
type Lookup struct {
	Operator int32
	Tensor   int32 // quantized
	Output   int32 // has PassThrough for its action
	// Table is the operator's weight input, whose quantization parameters the
	// output takes. It is Tensor in all models that make sense.
	Table int32
}

// A SubgraphPlan is what happens in one subgraph.
type SubgraphPlan struct {
	Tensors    []TensorPlan // of the model
	Order      []int32      // the quantized tensors as they were handled
	Dequantize []Dequantize // in order of adding
	Lookups    []Lookup     // as they were handled
	// Operators is the new sequence: numbers of the model's operators, and
	// behind them (number of operators + index into Dequantize) those added.
	Operators []int32
	// Asymmetric has the operators whose asymmetric_quantize_inputs is set to
	// whether the scheme is Updated, ascending.
	Asymmetric []int32
}

// A Plan is what quantization does to a model: pure data, made without
// looking at a weight.
type Plan struct {
	Options   Options
	Subgraphs []SubgraphPlan
	// Versions has the new version of each of the model's operator codes.
	Versions []int32
	// DequantizeCode is the operator code of added operators; -1 when there are
	// none; one behind the model's when it is added.
	DequantizeCode int32
	// Results are the quantized data, each made once.
	Results []Result
	// Undefined names what makes upstream read memory it should not for this
	// model, so that its bytes mean nothing. Empty for most models.
	Undefined []string
	// SharedBuffers are those of Undefined that a quantized tensor shares.
	SharedBuffers []int32

	inside int64 // the largest FlatBuffer that is made, in bytes
}

// NewPlan decides what to do with a model. The error, an *Error, names the
// place that is against it: an index out of range, an impossible shape, data
// that do not fit a shape.
func NewPlan(m *tflite.ModelT, o Options) (*Plan, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := checkParts(m); err != nil {
		return nil, err
	}
	if err := checkIndices(m); err != nil {
		return nil, err
	}
	p := &Plan{Options: o, inside: math.MaxInt32, DequantizeCode: -1, Versions: make([]int32, len(m.OperatorCodes))}
	rules := o.rules(m)
	for i, c := range m.OperatorCodes {
		p.Versions[i] = c.Version
		if v := rules[i].version(o.Scheme); v != 0 && o.BufferType == Int8 {
			p.Versions[i] = v
		}
	}
	for i := range m.Subgraphs {
		s, err := planSubgraph(m, i, rules, &p.Options)
		if err != nil {
			return nil, err
		}
		p.Subgraphs = append(p.Subgraphs, *s)
		if len(s.Dequantize) > 0 && p.DequantizeCode < 0 {
			p.DequantizeCode = dequantizeCode(m)
		}
	}
	if err := p.shareBuffers(m); err != nil {
		return nil, err
	}
	p.noteShortInputs(m, rules)
	return p, nil
}

// dequantizeCode is the first operator code for DEQUANTIZE, or the next free number.
func dequantizeCode(m *tflite.ModelT) int32 {
	for i, c := range m.OperatorCodes {
		if BuiltinCode(c) == tflite.BuiltinOperatorDEQUANTIZE {
			return int32(i)
		}
	}
	return int32(len(m.OperatorCodes))
}

func planSubgraph(m *tflite.ModelT, index int, rules []OpRule, o *Options) (*SubgraphPlan, error) {
	c := collector{m: m, index: index, sg: m.Subgraphs[index], rules: rules, o: o}
	c.plan.Tensors = make([]TensorPlan, len(c.sg.Tensors))
	if err := c.collect(); err != nil {
		return nil, err
	}
	var order []int32
	if index < len(o.Order) {
		order = o.Order[index]
	}
	if err := c.setOrder(order); err != nil {
		return nil, err
	}
	g := newGraph(&c)
	for _, t := range c.plan.Order {
		if err := g.handle(t); err != nil {
			return nil, err
		}
	}
	c.plan.Operators = g.sequence()
	return &c.plan, nil
}
