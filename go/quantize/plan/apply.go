package plan

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// An Output is a model as a plan makes it, before its constants are encoded: their
// buffers are empty and the numbers in their quantization parameters 0.
type Output struct {
	Model *tflite.ModelT
	// Encoders has one for each of Plan.Encoded. They fill in the quantization
	// parameters of Model.
	Encoders []encode.Encoder
	// Data says what each buffer of Model gets.
	Data []Data
}

// Data says what a buffer gets.
type Data struct {
	// Encoded is the index into Plan.Encoded and Output.Encoders, -1 for a buffer
	// that keeps its data.
	Encoded int32
	// Scales tells that the buffer gets the scales, not the values.
	Scales bool
}

// Apply makes the new model. It shares with the plan's model what stays as it is,
// and leaves that unchanged. The error matches ErrModel: for a plan whose parts do not
// fit together, or whose model has changed since it was planned.
func (p *Plan) Apply() (*Output, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	model := *p.Model
	o := &Output{Model: &model, Encoders: make([]encode.Encoder, len(p.Encoded))}
	for i := range p.Encoded {
		o.Encoders[i] = p.Encoded[i].Encoding.Encoder()
	}
	o.applyBuffers(p)
	o.applyCodes(p)
	model.Subgraphs = make([]*tflite.SubGraphT, len(p.Subgraphs))
	for i := range p.Subgraphs {
		model.Subgraphs[i] = o.applySubgraph(p, i)
	}
	o.applySignatures(p)
	o.applyMetadata(p)
	return o, nil
}

func (o *Output) applySignatures(p *Plan) {
	if len(p.Signatures) == 0 {
		return
	}
	defs := slices.Clone(p.Model.SignatureDefs)
	own := make([]bool, len(defs))
	for _, e := range p.Signatures {
		if !own[e.Signature] {
			def := *defs[e.Signature]
			def.Outputs = slices.Clone(def.Outputs)
			defs[e.Signature], own[e.Signature] = &def, true
		}
		output := *defs[e.Signature].Outputs[e.Output]
		output.TensorIndex = uint32(e.Tensor)
		defs[e.Signature].Outputs[e.Output] = &output
	}
	o.Model.SignatureDefs = defs
}

func (o *Output) applyBuffers(p *Plan) {
	n := p.nextBuffer()
	buffers := make([]*tflite.BufferT, n)
	copy(buffers, p.Model.Buffers)
	o.Data = slices.Repeat([]Data{{Encoded: -1}}, int(n))
	for i, e := range p.Encoded {
		b := new(tflite.BufferT)
		if old := buffers[e.Buffer]; old != nil {
			b.Offset, b.Size = old.Offset, old.Size
		}
		buffers[e.Buffer], o.Data[e.Buffer] = b, Data{Encoded: int32(i)}
		if e.ScalesBuffer >= 0 {
			buffers[e.ScalesBuffer], o.Data[e.ScalesBuffer] = new(tflite.BufferT), Data{int32(i), true}
		}
	}
	for _, d := range p.AddedData {
		buffers[d.Buffer] = &tflite.BufferT{Data: d.Data}
	}
	o.Model.Buffers = buffers
}

// Len returns the bytes of data that a buffer of the new model gets.
func (o *Output) Len(p *Plan, i int) int {
	switch d := o.Data[i]; {
	case d.Encoded < 0:
		return len(o.Model.Buffers[i].Data)
	case d.Scales:
		return p.Encoded[d.Encoded].Encoding.ScalesLen()
	default:
		return p.Encoded[d.Encoded].Encoding.Len()
	}
}

// Layout is how the file of the new model is laid out.
func (o *Output) Layout(p *Plan) tflite.Layout {
	return tflite.Layout{DataLen: func(i int, _ *tflite.BufferT) int { return o.Len(p, i) }, KeepEmpty: p.KeepEmpty}
}

func (o *Output) applyCodes(p *Plan) {
	codes := make([]*tflite.OperatorCodeT, len(p.Versions), len(p.Versions)+len(p.Codes))
	for i, c := range p.Model.OperatorCodes {
		changed := *c
		changed.Version = p.Versions[i]
		codes[i] = &changed
	}
	o.Model.OperatorCodes = append(codes, p.Codes...)
}

func (o *Output) applySubgraph(p *Plan, i int) *tflite.SubGraphT {
	plan, sg := &p.Subgraphs[i], p.Model.Subgraphs[i]
	out := *sg
	out.Tensors = append(slices.Clone(sg.Tensors), plan.Added...)
	for t := range plan.Tensors {
		if plan.Tensors[t].Format != nil {
			out.Tensors[t] = o.encodedTensor(p, &plan.Tensors[t], sg.Tensors[t])
		}
	}
	for t, free := range p.released(i) {
		if free {
			released := *sg.Tensors[t]
			released.Buffer = 0
			out.Tensors[t] = &released
		}
	}
	for k := range plan.Copies {
		c := &plan.Copies[k]
		out.Tensors[c.Added] = o.encodedTensor(p, &c.Tensor, p.added(i, c.Added))
	}
	for _, l := range plan.Lookups {
		lookedUp(out.Tensors, l)
	}
	out.Operators = applyOperators(p, i)
	out.Outputs = slices.Clone(sg.Outputs)
	for _, i := range plan.Inserted {
		for _, o := range i.GraphOutputs {
			out.Outputs[o] = i.Output
		}
	}
	for _, d := range plan.Dequantize {
		for _, o := range d.GraphOutputs {
			out.Outputs[o] = d.Output
		}
	}
	return &out
}

func (o *Output) encodedTensor(p *Plan, plan *Tensor, t *tflite.TensorT) *tflite.TensorT {
	out := *t
	out.Type = plan.Format.Type()
	out.Buffer = uint32(p.Encoded[plan.Encoded].Buffer)
	out.Quantization = plan.Format.Parameters(t.Quantization, o.Encoders[plan.Encoded].Numbers(), plan.Scales)
	return &out
}

// lookedUp gives a lookup's output the type and all parameters of its table.
func lookedUp(tensors []*tflite.TensorT, l Lookup) {
	out := *tensors[l.Output]
	out.Type = tensors[l.Tensor].Type
	out.Quantization = tensors[l.Table].Quantization
	tensors[l.Output] = &out
}

func applyOperators(p *Plan, i int) []*tflite.OperatorT {
	plan, sg := &p.Subgraphs[i], p.Model.Subgraphs[i]
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
	for _, c := range plan.Copies {
		for _, u := range c.Readers {
			edit(u.Operator).Inputs[u.Input] = c.Added
		}
	}
	for _, d := range plan.Dequantize {
		for _, u := range d.Readers {
			edit(u.Operator).Inputs[u.Input] = d.Output
		}
	}
	for _, i := range plan.Inserted {
		for _, u := range i.Readers {
			edit(u.Operator).Inputs[u.Input] = i.Output
		}
	}
	for _, b := range plan.Bypassed {
		op := edit(b.Operator)
		op.Outputs = slices.Clone(op.Outputs)
		op.Outputs[b.Output] = sg.Operators[b.Dequantize].Outputs[0]
	}
	for _, e := range plan.Options {
		edit(e.Operator).BuiltinOptions = e.Options
	}
	for _, e := range plan.Codes {
		edit(e.Operator).OpcodeIndex = uint32(e.Code)
	}
	out := make([]*tflite.OperatorT, len(plan.Operators))
	inserted := plan.inserted()
	for at, i := range plan.Operators {
		if i < 0 {
			out[at] = inserted[-1-i]
		} else {
			out[at] = ops[i]
		}
	}
	return out
}
