package plan

import "fmt"

// check reports where a plan is not one for its model: the model has changed since,
// or the plan was made or changed by hand.
func (p *Plan) check() error {
	if p == nil {
		return ModelError("plan", "missing")
	}
	if err := checkParts(p.Model); err != nil {
		return err
	}
	if err := checkIndices(p.Model); err != nil {
		return err
	}
	if len(p.Subgraphs) != len(p.Model.Subgraphs) || len(p.Versions) != len(p.Model.OperatorCodes) {
		return misfit("model", "it has %d subgraphs and %d operator codes", len(p.Model.Subgraphs), len(p.Model.OperatorCodes))
	}
	for i := range p.Subgraphs {
		if err := p.checkSubgraph(i); err != nil {
			return err
		}
	}
	if err := p.checkEncoded(); err != nil {
		return err
	}
	if err := p.checkSignatures(); err != nil {
		return err
	}
	return p.checkMetadata()
}

// misfit is the error of a model that is not the one that was planned.
func misfit(place, form string, args ...any) error {
	return ModelError(place, "%s, which is not what was planned: make a new plan after a change", fmt.Sprintf(form, args...))
}

// within reports whether an index is one of n.
func within(i int32, n int) bool { return i >= 0 && int(i) < n }

func (p *Plan) checkSubgraph(i int) error {
	s, sg := &p.Subgraphs[i], p.Model.Subgraphs[i]
	place := fmt.Sprintf("subgraph %d", i)
	tensors, all, operators := len(sg.Tensors), len(sg.Tensors)+len(s.Added), len(sg.Operators)
	if len(s.Tensors) != tensors || s.stored != nil && len(s.stored) != tensors {
		return misfit(place, "it has %d tensors", tensors)
	}
	for _, w := range s.Widened {
		if !within(w.Tensor, tensors) || !within(w.From, tensors) || !within(w.Operator, operators) {
			return misfit(place, "it has no tensor %d that is made of tensor %d", w.Tensor, w.From)
		}
	}
	for t := range s.Tensors {
		if e := &s.Tensors[t]; e.Format != nil && !within(e.Encoded, len(p.Encoded)) {
			return misfit(PlaceTensor(p.Model, i, int32(t)), "its data are those of entry %d, the plan has %d", e.Encoded, len(p.Encoded))
		}
	}
	for k, t := range s.Added {
		if t == nil {
			return misfit(place, "added tensor %d is missing", k)
		}
	}
	for k := range s.Copies {
		if !p.fitsCopy(i, &s.Copies[k]) {
			return misfit(place, "it has no place for a copy of tensor %d", s.Copies[k].Of)
		}
	}
	for _, t := range s.Unused {
		if !within(t, tensors) {
			return misfit(place, "it has no tensor %d", t)
		}
	}
	for _, b := range s.Bypassed {
		if !within(b.Dequantize, operators) || !within(b.Operator, operators) || len(sg.Operators[b.Dequantize].Outputs) != 1 || !within(b.Output, len(sg.Operators[b.Operator].Outputs)) {
			return misfit(place, "it has no DEQUANTIZE %d after operator %d", b.Dequantize, b.Operator)
		}
	}
	for _, l := range s.Lookups {
		if !within(l.Output, tensors) || !within(l.Tensor, all) || !within(l.Table, all) || !within(l.Operator, operators) {
			return misfit(place, "it has no lookup %+v", l)
		}
	}
	for _, d := range s.Dequantize {
		if !p.fitsDequantize(i, &d) {
			return misfit(place, "it has no place for the DEQUANTIZE of tensor %d", d.Tensor)
		}
	}
	for _, e := range s.Options {
		if !within(e.Operator, operators) {
			return misfit(place, "it has no operator %d, which gets other options", e.Operator)
		}
	}
	for _, e := range s.Codes {
		if !within(e.Operator, operators) || !within(e.Code, len(p.Model.OperatorCodes)+len(p.Codes)) {
			return misfit(place, "it has no operator %d, which gets another operator code", e.Operator)
		}
	}
	for k := range s.Inserted {
		if !p.fitsInsertion(i, &s.Inserted[k]) {
			return misfit(place, "it has no place for added operators before operator %d", s.Inserted[k].Before)
		}
	}
	inserted := len(s.inserted())
	for _, op := range s.Operators {
		if !within(op+int32(inserted), inserted+operators+len(s.Dequantize)) {
			return misfit(place, "it has no operator %d", op)
		}
	}
	if kept := len(s.Operators) - len(s.Dequantize) - inserted + s.Dropped(); kept != operators {
		return misfit(place, "it has %d operators", operators)
	}
	return nil
}

func (p *Plan) fitsCopy(subgraph int, c *Copy) bool {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	if c.Format == nil || !within(c.Encoded, len(p.Encoded)) || !within(c.Of, len(sg.Tensors)) || !within(c.Added-int32(len(sg.Tensors)), len(s.Added)) {
		return false
	}
	for _, u := range c.Readers {
		if !within(u.Operator, len(sg.Operators)) || !within(u.Input, len(sg.Operators[u.Operator].Inputs)) {
			return false
		}
	}
	return true
}

func (p *Plan) fitsDequantize(subgraph int, d *Dequantize) bool {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	all := len(sg.Tensors) + len(s.Added)
	if !within(d.Tensor, all) || !within(d.Output, all) || !within(p.DequantizeCode, len(p.Model.OperatorCodes)+len(p.Codes)) {
		return false
	}
	for _, u := range d.Readers {
		added := within(u.Operator-int32(len(sg.Operators)), len(s.Dequantize))
		if !added && !(within(u.Operator, len(sg.Operators)) && within(u.Input, len(sg.Operators[u.Operator].Inputs))) || added && u.Input != 0 {
			return false
		}
	}
	for _, o := range d.GraphOutputs {
		if !within(o, len(sg.Outputs)) {
			return false
		}
	}
	return true
}

// mostBuffers counts those of the model, one and one for scales of encoded data, and
// those of added data.
func (p *Plan) mostBuffers() int {
	return len(p.Model.Buffers) + 2*len(p.Encoded) + len(p.AddedData)
}

func (p *Plan) checkEncoded() error {
	most := p.mostBuffers()
	for _, d := range p.AddedData {
		if !within(d.Buffer, most) {
			return misfit("model", "it has no buffer %d for added data", d.Buffer)
		}
	}
	for i := range p.Encoded {
		e := &p.Encoded[i]
		if !within(e.Subgraph, len(p.Model.Subgraphs)) || !within(e.Tensor, len(p.Model.Subgraphs[e.Subgraph].Tensors)) ||
			!within(e.Source, len(p.Model.Buffers)) || !within(e.Buffer, most) || e.ScalesBuffer >= 0 && !within(e.ScalesBuffer, most) || e.Encoding == nil {
			return misfit(fmt.Sprintf("entry %d of the quantized data", i), "it has other indices than the model, or no encoding")
		}
		place := func() string { return PlaceTensor(p.Model, int(e.Subgraph), e.Tensor) }
		tensor := p.storedTensor(int(e.Subgraph), e.Tensor)
		if int64(tensor.Buffer) != int64(e.Source) {
			return misfit(place(), "its buffer is %d", tensor.Buffer)
		}
		if now := p.source(int(e.Subgraph), e.Tensor); now != e.source {
			return misfit(place(), "it has %d bytes of type %v", now.bytes, now.typ)
		}
	}
	return nil
}

func (p *Plan) checkSignatures() error {
	for _, e := range p.Signatures {
		if !within(e.Signature, len(p.Model.SignatureDefs)) || !within(e.Output, len(p.Model.SignatureDefs[e.Signature].Outputs)) {
			return misfit("model", "it has no output %d of signature %d", e.Output, e.Signature)
		}
	}
	return nil
}

func (p *Plan) checkMetadata() error {
	entries, buffers := len(p.Model.Metadata), p.mostBuffers()+len(p.Metadata)
	for _, e := range p.Metadata {
		if int(e.Entry) == entries {
			entries++
		}
		if !within(e.Entry, entries) || !within(e.Buffer, buffers) {
			return misfit("model", "it has no metadata %d", e.Entry)
		}
	}
	return nil
}
