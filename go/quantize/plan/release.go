package plan

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
)

// Needs returns the TensorFlow release that the operators of the model need, before
// and after the plan is applied.
func (p *Plan) Needs() (before, after release.Need) {
	used := make([]bool, len(p.Model.OperatorCodes)+len(p.Codes))
	for i, sg := range p.Model.Subgraphs {
		for _, op := range sg.Operators {
			used[op.OpcodeIndex] = true
		}
		for _, op := range p.Subgraphs[i].inserted() {
			used[op.OpcodeIndex] = true
		}
		if len(p.Subgraphs[i].Dequantize) == 0 {
			continue
		}
		if c := int(p.DequantizeCode); c >= len(p.Model.OperatorCodes) {
			used[c] = true
		} else {
			after.Add(p.Model.OperatorCodes[c], p.Versions[c])
		}
	}
	for i, c := range p.Model.OperatorCodes {
		if used[i] {
			before.Add(c, c.Version)
			after.Add(c, p.Versions[i])
		}
	}
	for i, c := range p.Codes {
		if used[len(p.Model.OperatorCodes)+i] {
			after.Add(c, c.Version)
		}
	}
	return before, after
}

// A MetadataEdit gives metadata of the model other data.
type MetadataEdit struct {
	Entry  int32  // the index into the model's metadata, their number for one that is added
	Name   string // of one that is added
	Buffer int32  // which gets the data: one of the model, or an added one
	Data   []byte
}

// SetMinRuntimeVersion makes the metadata of the new model state the release that its
// operators need, as TensorFlow's converter does; they are added where there are none.
// Where no release is known, nothing changes. It is for a plan that is finished.
func (p *Plan) SetMinRuntimeVersion() {
	_, after := p.Needs()
	if after.Release == "" {
		return
	}
	m := p.Model
	e := MetadataEdit{Entry: int32(len(m.Metadata)), Name: release.MetadataName, Buffer: p.nextBuffer(), Data: make([]byte, release.MetadataSize)}
	copy(e.Data, after.Release)
	if i := release.Entry(m); i >= 0 {
		e.Entry = int32(i)
		if b := m.Metadata[i].Buffer; b > 0 && int64(b) < int64(len(m.Buffers)) && p.users(b) == 1 {
			e.Buffer = int32(b)
		}
	}
	p.Metadata = append(p.Metadata, e)
}

// nextBuffer is the index of a buffer that is added after all others.
func (p *Plan) nextBuffer() int32 {
	n := int32(len(p.Model.Buffers))
	for _, e := range p.Encoded {
		n = max(n, e.Buffer+1, e.ScalesBuffer+1)
	}
	for _, d := range p.AddedData {
		n = max(n, d.Buffer+1)
	}
	for _, e := range p.Metadata {
		n = max(n, e.Buffer+1)
	}
	return n
}

// users counts the tensors and metadata of the model that have a buffer.
func (p *Plan) users(buffer uint32) int {
	n := 0
	for _, sg := range p.Model.Subgraphs {
		for _, t := range sg.Tensors {
			if t.Buffer == buffer {
				n++
			}
		}
	}
	for _, d := range p.Model.Metadata {
		if d.Buffer == buffer {
			n++
		}
	}
	return n
}

// applyMetadata is for an output whose buffers are made.
func (o *Output) applyMetadata(p *Plan) {
	if len(p.Metadata) == 0 {
		return
	}
	entries := slices.Clone(p.Model.Metadata)
	for _, e := range p.Metadata {
		if int(e.Entry) == len(entries) {
			entries = append(entries, &tflite.MetadataT{Name: e.Name})
		}
		changed := *entries[e.Entry]
		changed.Buffer = uint32(e.Buffer)
		entries[e.Entry] = &changed
		o.Model.Buffers[e.Buffer] = &tflite.BufferT{Data: e.Data}
	}
	o.Model.Metadata = entries
}
