package plan

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// fit returns the encoding of the values of a tensor in a planned format. The error
// names the place and what of the tensor does not suit the format.
func (p *Plan) fit(subgraph int, of int32, t *Tensor) (encode.Encoding, error) {
	tensor := p.Model.Subgraphs[subgraph].Tensors[of]
	e, err := t.Format.Fit(encode.Tensor{Shape: tensor.Shape, Values: int(t.Elements), Given: tensor.Quantization})
	if err != nil {
		return nil, ModelError(PlaceInput(p.Model, subgraph, Use{t.Operator, t.Input}, of), "%s", err)
	}
	return e, nil
}

// A content is what decides the bytes of a buffer.
type content struct {
	source   uint32
	typ      tflite.TensorType // of the source
	encoding encode.Encoding
}

// assignBuffers decides which buffer each encoded tensor and copy gets. Where tensors
// share one and need different data, all but one get a buffer of their own; those that
// are not encoded keep theirs.
func (p *Plan) assignBuffers() error {
	a := newAssigner(p)
	for i := range p.Subgraphs {
		for of, t := range p.Encodings(i) {
			if err := a.assign(i, of, t); err != nil {
				return err
			}
		}
		s := &p.Subgraphs[i]
		for k := range s.Copies {
			c := &s.Copies[k]
			p.added(i, c.Added).Buffer = uint32(p.Encoded[c.Encoded].Buffer)
		}
	}
	a.assignAdded()
	return nil
}

// added returns a tensor that is added to a subgraph.
func (p *Plan) added(subgraph int, t int32) *tflite.TensorT {
	return p.Subgraphs[subgraph].Added[int(t)-len(p.Model.Subgraphs[subgraph].Tensors)]
}

// An assigner gives encoded data their buffers, one after the other.
type assigner struct {
	*Plan
	kept, replaced []bool // by buffer
	known          *contents
	next           int32 // the buffer that is added next
}

func newAssigner(p *Plan) *assigner {
	n := len(p.Model.Buffers)
	return &assigner{p, p.keptBuffers(), make([]bool, n), newContents(n), int32(n)}
}

// assign gives t, which has the values of a tensor of the model, its data.
func (a *assigner) assign(subgraph int, of int32, t *Tensor) error {
	tensor := a.storedTensor(subgraph, of)
	encoding, err := a.fit(subgraph, of, t)
	if err != nil {
		return err
	}
	place := func() string { return PlaceInput(a.Model, subgraph, Use{t.Operator, t.Input}, of) }
	if !a.budget.spend(newParameters+int64(encoding.ParametersLen()), place) {
		return a.budget.err
	}
	key := content{tensor.Buffer, tensor.Type, encoding}
	if known, ok := a.known.get(key); ok {
		t.Encoded = known
		a.setScales(subgraph, t)
		return nil
	}
	if !a.budget.spend(2*newData+int64(encoding.Len())+int64(encoding.ScalesLen()), place) {
		return a.budget.err
	}
	e := Encoded{Subgraph: int32(subgraph), Tensor: of, Source: int32(tensor.Buffer), Buffer: int32(tensor.Buffer), ScalesBuffer: -1, Encoding: encoding, source: a.source(subgraph, of)}
	if a.kept[tensor.Buffer] || a.replaced[tensor.Buffer] {
		e.Buffer = a.next
		a.next++
	}
	if encoding.ScalesLen() > 0 {
		e.ScalesBuffer = a.next
		a.next++
	}
	a.replaced[tensor.Buffer] = true
	t.Encoded = int32(len(a.Encoded))
	a.known.add(key, t.Encoded)
	a.Encoded = append(a.Encoded, e)
	a.setScales(subgraph, t)
	return nil
}

func (p *Plan) source(subgraph int, t int32) source {
	return source{p.storedTensor(subgraph, t).Type, len(p.Data(subgraph, t))}
}

// setScales gives the tensor that was added for scales its buffer.
func (p *Plan) setScales(subgraph int, t *Tensor) {
	if buffer := p.Encoded[t.Encoded].ScalesBuffer; buffer >= 0 {
		p.added(subgraph, t.Scales).Buffer = uint32(buffer)
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

// keptBuffers returns the buffers that something not encoded needs as they are.
func (p *Plan) keptBuffers() []bool {
	kept := make([]bool, len(p.Model.Buffers))
	for i, sg := range p.Model.Subgraphs {
		released := p.released(i)
		for t, tensor := range sg.Tensors {
			if p.Subgraphs[i].Tensors[t].Format == nil && (released == nil || !released[t]) {
				kept[tensor.Buffer] = true
			}
		}
	}
	for _, d := range p.Model.Metadata {
		if int64(d.Buffer) < int64(len(kept)) {
			kept[d.Buffer] = true
		}
	}
	return kept
}

// NoteSharedBuffers notes, for a tool that overwrites buffers, those that an encoded
// tensor shares.
func (p *Plan) NoteSharedBuffers() {
	m := p.Model
	users := make([]int32, len(m.Buffers))
	encoded := make([]int32, len(m.Buffers))
	for i, sg := range m.Subgraphs {
		for t, tensor := range sg.Tensors {
			if p.Stored(i, int32(t)) != int32(t) {
				continue // which the tool leaves alone
			}
			users[tensor.Buffer]++
			if p.Subgraphs[i].Tensors[t].Format != nil {
				encoded[tensor.Buffer]++
			}
		}
	}
	for _, d := range m.Metadata {
		if int64(d.Buffer) < int64(len(m.Buffers)) {
			users[d.Buffer]++
		}
	}
	for b := range users {
		if encoded[b] > 0 && users[b] > 1 {
			p.SharedBuffers = append(p.SharedBuffers, int32(b))
			p.Undefined = append(p.Undefined, fmt.Sprintf("buffer %d has %d users, of which %d are quantized", b, users[b], encoded[b]))
		}
	}
}
