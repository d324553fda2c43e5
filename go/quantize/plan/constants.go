package plan

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Fit returns the encoding of a tensor in the format. The error names the place
// and what of the tensor does not suit the format.
func (p *Plan) Fit(subgraph int, t int32) (encode.Encoding, error) {
	plan, tensor := &p.Subgraphs[subgraph].Tensors[t], p.Model.Subgraphs[subgraph].Tensors[t]
	e, err := plan.Format.Fit(encode.Tensor{Shape: tensor.Shape, Values: int(plan.Elements), Given: tensor.Quantization})
	if err != nil {
		return nil, ModelError(PlaceInput(p.Model, subgraph, Use{plan.Operator, plan.Input}, t), "%s", err)
	}
	return e, nil
}

// A content is what decides the bytes of a buffer.
type content struct {
	source   uint32
	typ      tflite.TensorType // of the source
	encoding encode.Encoding
}

// assignBuffers decides which buffer each encoded tensor gets. Where tensors share
// one and need different data, all but one get a buffer of their own; those that
// are not encoded keep theirs.
func (p *Plan) assignBuffers() error {
	m := p.Model
	kept := p.keptBuffers()
	known := newContents(len(m.Buffers))
	replaced := make([]bool, len(m.Buffers))
	next := int32(len(m.Buffers))
	for i := range p.Subgraphs {
		for t := range p.Subgraphs[i].Tensors {
			plan, tensor := &p.Subgraphs[i].Tensors[t], m.Subgraphs[i].Tensors[t]
			if plan.Format == nil {
				continue
			}
			encoding, err := p.Fit(i, int32(t))
			if err != nil {
				return err
			}
			place := func() string { return PlaceInput(m, i, Use{plan.Operator, plan.Input}, int32(t)) }
			if !p.budget.spend(newParameters+int64(encoding.ParametersLen()), place) {
				return p.budget.err
			}
			key := content{tensor.Buffer, tensor.Type, encoding}
			if known, ok := known.get(key); ok {
				plan.Encoded = known
				p.setScales(i, plan)
				continue
			}
			if !p.budget.spend(2*newData+int64(encoding.Len())+int64(encoding.ScalesLen()), place) {
				return p.budget.err
			}
			e := Encoded{Subgraph: int32(i), Tensor: int32(t), Source: int32(tensor.Buffer), Buffer: int32(tensor.Buffer), ScalesBuffer: -1, Encoding: encoding, source: p.source(i, int32(t))}
			if kept[tensor.Buffer] || replaced[tensor.Buffer] {
				e.Buffer = next
				next++
			}
			if encoding.ScalesLen() > 0 {
				e.ScalesBuffer = next
				next++
			}
			replaced[tensor.Buffer] = true
			plan.Encoded = int32(len(p.Encoded))
			known.add(key, plan.Encoded)
			p.Encoded = append(p.Encoded, e)
			p.setScales(i, plan)
		}
	}
	return nil
}

func (p *Plan) source(subgraph int, t int32) source {
	return source{p.Model.Subgraphs[subgraph].Tensors[t].Type, len(p.Data(subgraph, t))}
}

// setScales gives the tensor that was added for scales its buffer.
func (p *Plan) setScales(subgraph int, t *Tensor) {
	if buffer := p.Encoded[t.Encoded].ScalesBuffer; buffer >= 0 {
		added := int(t.Scales) - len(p.Model.Subgraphs[subgraph].Tensors)
		p.Subgraphs[subgraph].Added[added].Buffer = uint32(buffer)
	}
}

// contents finds the data that are made already. Most buffers are the source of
// one, for which no map is needed: maps of a million entries are slow.
type contents struct {
	first []int32 // by buffer, the index into known of the first one, plus 1
	known []knownContent
	more  map[content]int32
}

type knownContent struct {
	content
	encoded int32
}

func newContents(buffers int) *contents {
	return &contents{first: make([]int32, buffers), more: map[content]int32{}}
}

func (c *contents) get(key content) (encoded int32, ok bool) {
	switch i := c.first[key.source]; {
	case i == 0:
		return 0, false
	case c.known[i-1].content == key:
		return c.known[i-1].encoded, true
	}
	encoded, ok = c.more[key]
	return encoded, ok
}

func (c *contents) add(key content, encoded int32) {
	if c.first[key.source] > 0 {
		c.more[key] = encoded
		return
	}
	c.known = append(c.known, knownContent{key, encoded})
	c.first[key.source] = int32(len(c.known))
}

// keptBuffers returns the buffers that something not encoded needs as they are, and
// notes those that an encoded tensor shares.
func (p *Plan) keptBuffers() []bool {
	m := p.Model
	kept := make([]bool, len(m.Buffers))
	users := make([]int32, len(m.Buffers))
	encoded := make([]int32, len(m.Buffers))
	for i, sg := range m.Subgraphs {
		for t, tensor := range sg.Tensors {
			users[tensor.Buffer]++
			if p.Subgraphs[i].Tensors[t].Format != nil {
				encoded[tensor.Buffer]++
			} else {
				kept[tensor.Buffer] = true
			}
		}
	}
	for _, d := range m.Metadata {
		if int64(d.Buffer) < int64(len(m.Buffers)) {
			users[d.Buffer]++
			kept[d.Buffer] = true
		}
	}
	for b := range users {
		if encoded[b] > 0 && users[b] > 1 {
			p.SharedBuffers = append(p.SharedBuffers, int32(b))
			p.Undefined = append(p.Undefined, fmt.Sprintf("buffer %d has %d users, of which %d are quantized", b, users[b], encoded[b]))
		}
	}
	return kept
}
