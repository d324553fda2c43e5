package quantize

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// applied is a model as the plan makes it, before its weights are quantized:
// their buffers are empty and their scales 0.
type applied struct {
	model *tflite.ModelT
	// params has the quantization parameters of each result, to be filled in.
	params []*tflite.QuantizationParametersT
	// results has the result that goes to each buffer, -1 for none.
	results []int32
	// zeros are the zero points of all channels of any tensor.
	zeros []int64
}

// apply makes the new model. It shares with m what stays as it is and leaves m
// unchanged.
func (p *Plan) apply(m *tflite.ModelT) *applied {
	out := *m
	a := &applied{model: &out}
	a.applyBuffers(p)
	a.applyCodes(p)
	a.params = make([]*tflite.QuantizationParametersT, len(p.Results))
	out.Subgraphs = make([]*tflite.SubGraphT, len(m.Subgraphs))
	for i, sg := range m.Subgraphs {
		out.Subgraphs[i] = a.applySubgraph(p, i, sg)
	}
	return a
}

func (a *applied) applyBuffers(p *Plan) {
	n := len(a.model.Buffers)
	for _, r := range p.Results {
		n = max(n, int(r.Buffer)+1)
	}
	buffers := make([]*tflite.BufferT, n)
	copy(buffers, a.model.Buffers)
	a.results = slices.Repeat([]int32{-1}, n)
	for i, r := range p.Results {
		b := new(tflite.BufferT)
		if old := buffers[r.Buffer]; old != nil {
			b.Offset, b.Size = old.Offset, old.Size
		}
		buffers[r.Buffer], a.results[r.Buffer] = b, int32(i)
	}
	a.model.Buffers = buffers
}

// resultIn returns the result that goes to a region.
func (a *applied) resultIn(r tflite.Region) (i int32, ok bool) {
	if r.Index < 0 {
		return 0, false
	}
	i = a.results[r.Index]
	return i, i >= 0
}

func (a *applied) applyCodes(p *Plan) {
	codes := make([]*tflite.OperatorCodeT, len(p.Versions), len(p.Versions)+1)
	for i, c := range a.model.OperatorCodes {
		changed := *c
		changed.Version = p.Versions[i]
		codes[i] = &changed
	}
	if int(p.DequantizeCode) == len(codes) {
		codes = append(codes, &tflite.OperatorCodeT{
			DeprecatedBuiltinCode: int8(tflite.BuiltinOperatorDEQUANTIZE),
			BuiltinCode:           tflite.BuiltinOperatorDEQUANTIZE,
			Version:               2,
		})
	}
	a.model.OperatorCodes = codes
}

func (a *applied) applySubgraph(p *Plan, i int, sg *tflite.SubGraphT) *tflite.SubGraphT {
	plan := &p.Subgraphs[i]
	out := *sg
	out.Tensors = slices.Clone(sg.Tensors)
	for t := range plan.Tensors {
		if plan.Tensors[t].Quantized() {
			out.Tensors[t] = a.quantizedTensor(p, &plan.Tensors[t], sg.Tensors[t])
		}
	}
	for _, l := range plan.Lookups {
		passTensor(out.Tensors, l)
	}
	for _, d := range plan.Dequantize {
		out.Tensors = append(out.Tensors, dequantizedTensor(sg.Tensors[d.like]))
	}
	out.Operators = a.applyOperators(p, plan, sg)
	out.Outputs = slices.Clone(sg.Outputs)
	for _, d := range plan.Dequantize {
		if d.GraphOutput >= 0 {
			out.Outputs[d.GraphOutput] = d.Output
		}
	}
	return &out
}

func (a *applied) quantizedTensor(p *Plan, plan *TensorPlan, t *tflite.TensorT) *tflite.TensorT {
	out := *t
	out.Buffer = uint32(p.Results[plan.Result].Buffer)
	if plan.Action == ToFloat16 {
		out.Type = tflite.TensorTypeFLOAT16
		return &out
	}
	out.Type = tflite.TensorTypeINT8
	q := new(tflite.QuantizationParametersT)
	if t.Quantization != nil {
		*q = *t.Quantization
	}
	out.Quantization = q
	if done := a.params[plan.Result]; done != nil { // the same numbers, to be filled in once
		q.Scale, q.ZeroPoint = done.Scale, done.ZeroPoint
		if plan.Action == Int8PerChannel {
			q.Min, q.Max, q.QuantizedDimension = done.Min, done.Max, plan.ChannelDim
		}
		return &out
	}
	a.params[plan.Result] = q
	channels := 1
	if plan.Action == Int8PerChannel {
		channels, _ = channelLayout(t.Shape, plan.ChannelDim)
		q.QuantizedDimension = plan.ChannelDim
		if lo, _ := storedExtremes(t.Quantization); lo == nil {
			q.Min, q.Max = make([]float32, channels), make([]float32, channels)
		}
	}
	if len(a.zeros) < channels {
		a.zeros = make([]int64, channels)
	}
	q.Scale, q.ZeroPoint = make([]float32, channels), a.zeros[:channels:channels]
	return &out
}

// passTensor makes a lookup's output int8, with all parameters of its table.
func passTensor(tensors []*tflite.TensorT, l Lookup) {
	out := *tensors[l.Output]
	out.Type = tflite.TensorTypeINT8
	out.Quantization = tensors[l.Table].Quantization
	tensors[l.Output] = &out
}

func dequantizedTensor(t *tflite.TensorT) *tflite.TensorT {
	return &tflite.TensorT{
		Name:           t.Name + "_dequantize",
		Shape:          t.Shape,
		ShapeSignature: t.ShapeSignature,
		Type:           tflite.TensorTypeFLOAT32,
	}
}

func (a *applied) applyOperators(p *Plan, plan *SubgraphPlan, sg *tflite.SubGraphT) []*tflite.OperatorT {
	ops := make([]*tflite.OperatorT, len(sg.Operators)+len(plan.Dequantize))
	copy(ops, sg.Operators)
	for k, d := range plan.Dequantize {
		ops[len(sg.Operators)+k] = &tflite.OperatorT{OpcodeIndex: uint32(p.DequantizeCode), Inputs: []int32{d.Tensor}, Outputs: []int32{d.Output}, DebugMetadataIndex: -1}
	}
	own := make([]bool, len(ops)) // operators that are copies already
	edit := func(i int32) *tflite.OperatorT {
		if !own[i] {
			changed := *ops[i]
			changed.Inputs = slices.Clone(changed.Inputs)
			ops[i], own[i] = &changed, true
		}
		return ops[i]
	}
	for _, d := range plan.Dequantize {
		for _, u := range d.Readers {
			edit(u.Operator).Inputs[u.Input] = d.Output
		}
	}
	for _, i := range plan.Asymmetric {
		op := edit(i)
		rule := ruleOf(BuiltinCode(a.model.OperatorCodes[op.OpcodeIndex]))
		op.BuiltinOptions, _ = withAsymmetric(rule.Operator, op.BuiltinOptions, p.Options.Scheme == Updated)
	}
	out := make([]*tflite.OperatorT, len(plan.Operators))
	for at, i := range plan.Operators {
		out[at] = ops[i]
	}
	return out
}
