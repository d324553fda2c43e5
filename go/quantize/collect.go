package quantize

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A collector finds the tensors of a subgraph that are quantized.
type collector struct {
	m     *tflite.ModelT
	index int // of the subgraph
	sg    *tflite.SubGraphT
	rules []OpRule // by operator code
	o     *Options
	plan  SubgraphPlan
}

func (c *collector) rule(op int32) *OpRule { return &c.rules[c.sg.Operators[op].OpcodeIndex] }

// tensorData returns what a tensor's buffer holds.
func (c *collector) tensorData(t int32) []byte {
	return c.m.Buffers[c.sg.Tensors[t].Buffer].Data
}

func (c *collector) collect() error {
	for t := range c.plan.Tensors {
		p := &c.plan.Tensors[t]
		p.Operator = -1
		if len(c.tensorData(int32(t))) > 0 {
			p.Reason = NotWeight
			if c.sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 {
				p.Reason = NotFloat32
			}
		}
	}
	for i, op := range c.sg.Operators {
		var err error
		if c.o.BufferType == Float16 {
			err = c.collectConstants(int32(i), op)
		} else {
			err = c.collectWeights(int32(i), op)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) collectConstants(i int32, op *tflite.OperatorT) error {
	for input, t := range op.Inputs {
		if t < 0 || c.plan.Tensors[t].Reason != NotWeight {
			continue
		}
		n, err := c.checkedElements(Use{i, int32(input)}, t)
		if err != nil {
			return err
		}
		p := &c.plan.Tensors[t]
		p.Action, p.Reason, p.Operator, p.Input, p.Elements = ToFloat16, Constant, i, int32(input), n
		if err := c.checkData(Use{i, int32(input)}, t); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) collectWeights(i int32, op *tflite.OperatorT) error {
	rule := c.rule(i)
	reached := false
	for _, input := range rule.Weights {
		if int(input) >= len(op.Inputs) || op.Inputs[input] < 0 {
			continue
		}
		t := op.Inputs[input]
		if c.sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 {
			continue
		}
		n, err := c.checkedElements(Use{i, input}, t)
		if err != nil {
			return err
		}
		p := &c.plan.Tensors[t]
		if len(c.tensorData(t)) == 0 {
			continue
		}
		if n < c.o.minElements() {
			if p.Reason == NotWeight {
				p.Reason, p.Operator, p.Input, p.Elements = TooSmall, i, input, n
			}
			continue
		}
		reached = true
		if p.Quantized() {
			continue
		}
		p.Action, p.Reason, p.Operator, p.Input, p.Elements = Int8PerTensor, Weight, i, input, n
		if rule.ChannelDim >= 0 && c.o.Scheme == Updated {
			p.Action, p.ChannelDim = Int8PerChannel, rule.ChannelDim
		}
		if err := c.checkData(Use{i, input}, t); err != nil {
			return err
		}
	}
	if reached && rule.Asymmetric {
		if _, ok := withAsymmetric(rule.Operator, op.BuiltinOptions, true); !ok {
			return modelError(placeOperator(c.m, c.index, i), "its options are %v, which are those of another operator", op.BuiltinOptions.Type)
		}
		c.plan.Asymmetric = append(c.plan.Asymmetric, i)
	}
	return nil
}

func (c *collector) checkedElements(u Use, t int32) (uint64, error) {
	n, ok := elements(c.sg.Tensors[t].Shape)
	if !ok {
		return 0, modelError(placeInput(c.m, c.index, u, t), "its shape is %v, every dimension of weights must be positive and their product fit 64 bits", c.sg.Tensors[t].Shape)
	}
	return n, nil
}

// checkData checks that the data of a tensor to be quantized suit its shape.
// Upstream cuts longer data for int8 and fills up shorter ones for float16; it
// reads or writes past the end the other way round.
func (c *collector) checkData(u Use, t int32) error {
	p := &c.plan.Tensors[t]
	tensor := c.sg.Tensors[t]
	data := uint64(len(c.tensorData(t)))
	if need := 4 * p.Elements; p.Elements > maxElements || data < need && p.Action != ToFloat16 || data > need && p.Action == ToFloat16 {
		return modelError(placeInput(c.m, c.index, u, t), "its buffer %d has %d bytes, its shape %v needs %d float32 values", tensor.Buffer, data, tensor.Shape, p.Elements)
	}
	if p.Action != Int8PerChannel {
		return nil
	}
	dims := len(tensor.Shape)
	if dims > maxChannelDims || int(p.ChannelDim) >= dims {
		return modelError(placeInput(c.m, c.index, u, t), "its shape is %v, weights with a scale for each index of dimension %d have %d to %d dimensions", tensor.Shape, p.ChannelDim, p.ChannelDim+1, maxChannelDims)
	}
	if q := tensor.Quantization; q != nil && len(q.Min)+len(q.Max) > 0 {
		if n := int(tensor.Shape[p.ChannelDim]); len(q.Min) < n || len(q.Max) < n {
			return modelError(placeInput(c.m, c.index, u, t), "its quantization has %d minima and %d maxima, dimension %d has %d channels, each needs one of both, or none does", len(q.Min), len(q.Max), p.ChannelDim, n)
		}
	}
	return nil
}

const (
	maxChannelDims = 4
	// maxElements is far above what a file can hold, and below what overflows.
	maxElements = 1 << 60
)

// setOrder lists the quantized tensors: first those of order, then the rest by index.
func (c *collector) setOrder(order []int32) error {
	listed := make([]bool, len(c.plan.Tensors))
	for _, t := range order {
		if t < 0 || int(t) >= len(c.plan.Tensors) || !c.plan.Tensors[t].Quantized() || listed[t] {
			return optionError("Order", "subgraph %d: tensor %d is not one to be quantized, or stands there twice", c.index, t)
		}
		listed[t] = true
	}
	c.plan.Order = slices.Clone(order)
	for t := range c.plan.Tensors {
		if c.plan.Tensors[t].Quantized() && !listed[t] {
			c.plan.Order = append(c.plan.Order, int32(t))
		}
	}
	return nil
}
