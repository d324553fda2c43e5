package plan

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Rewrite plans how DEQUANTIZE operators are put into a subgraph. It holds the
// differences from the model, which itself does not change.
//
// A quantizer handles one encoded tensor after the other: each either stays for its
// readers as it is, or gets a DEQUANTIZE for some of them, or passes through a
// lookup first.
type Rewrite struct {
	p       *Plan
	index   int // of the subgraph
	sg      *tflite.SubGraphT
	plan    *Subgraph
	types   []tflite.TensorType // of every tensor so far, added ones too
	outputs map[int32][]int32   // by tensor, the entries of the subgraph's outputs that still are it
	inputs  [][]int32           // by operator, where they changed
	readers readerIndex
	handled []handled // by tensor of the model
	links   []link
	// inserted are indices into plan.Inserted by the operator of the model that they
	// stand before.
	inserted map[int32][]int32
	before   []ends // by operator of the model, the added ones that stand before it; the last is the end
}

// handled is what is left to read a tensor once it was handled: the added DEQUANTIZE
// alone. All others read it as it is, and nothing that comes later changes that.
type handled struct {
	done       bool
	dequantize int32 // the number of the added operator, where there is one
	added      bool
}

// A link is an added operator in the list of those before one of the model's.
type link struct {
	anchor     int32 // the index in before
	prev, next int32 // -1 at the ends
}

type ends struct{ first, last int32 } // -1 for none

// NewRewrite starts with a subgraph in which the formats of tensors are planned.
func (p *Plan) NewRewrite(subgraph int) *Rewrite {
	sg, plan := p.Model.Subgraphs[subgraph], &p.Subgraphs[subgraph]
	r := &Rewrite{
		p:       p,
		index:   subgraph,
		sg:      sg,
		plan:    plan,
		types:   make([]tflite.TensorType, len(sg.Tensors)),
		outputs: map[int32][]int32{},
		inputs:  make([][]int32, len(sg.Operators)),
		readers: indexReaders(sg),
		handled: make([]handled, len(sg.Tensors)),
		before:  slices.Repeat([]ends{{-1, -1}}, len(sg.Operators)+1),
	}
	for i, t := range sg.Outputs {
		r.outputs[t] = append(r.outputs[t], int32(i))
	}
	for t := range r.types {
		r.types[t] = sg.Tensors[t].Type
		if f := plan.Tensors[t].Format; f != nil {
			r.types[t] = f.Type()
		}
	}
	return r
}

// A readerIndex has the uses of every tensor, in operator order.
type readerIndex struct {
	start []int32 // by tensor; uses[start[t]:start[t+1]] are its readers
	uses  []Use
}

func indexReaders(sg *tflite.SubGraphT) readerIndex {
	start := make([]int32, len(sg.Tensors)+2)
	for _, op := range sg.Operators {
		for _, t := range op.Inputs {
			if t >= 0 {
				start[t+2]++
			}
		}
	}
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	uses := make([]Use, start[len(start)-1])
	for i, op := range sg.Operators {
		for input, t := range op.Inputs {
			if t >= 0 {
				uses[start[t+1]] = Use{int32(i), int32(input)}
				start[t+1]++
			}
		}
	}
	return readerIndex{start, uses}
}

// Readers returns the inputs that read a tensor of the model and may still be redirected, in
// operator order.
func (r *Rewrite) Readers(t int32) []Use {
	switch h := r.handled[t]; {
	case !h.done:
		return r.readers.uses[r.readers.start[t]:r.readers.start[t+1]]
	case h.added:
		return []Use{{h.dequantize, 0}}
	}
	return nil
}

// Inputs returns the inputs that an operator of the model has by now.
func (r *Rewrite) Inputs(op int32) []int32 {
	if in := r.inputs[op]; in != nil {
		return in
	}
	return r.sg.Operators[op].Inputs
}

// Type returns the type that a tensor has so far, of added tensors too.
func (r *Rewrite) Type(t int32) tflite.TensorType { return r.types[t] }

// Added reports whether an operator is one that was added.
func (r *Rewrite) Added(op int32) bool { return int(op) >= len(r.sg.Operators) }

// TakeOutput returns the first entry of the subgraph's outputs that is the tensor
// and was not taken yet, or -1.
func (r *Rewrite) TakeOutput(t int32) int32 {
	at := r.outputs[t]
	if len(at) == 0 {
		return -1
	}
	r.outputs[t] = at[1:]
	return at[0]
}

// Done says that a tensor was handled: its remaining readers take it as it is.
func (r *Rewrite) Done(t int32) { r.handled[t] = handled{done: true} }

// PassThrough gives the output of a lookup the type of the encoded tensor t.
func (r *Rewrite) PassThrough(l Lookup) {
	r.types[l.Output] = r.types[l.Tensor]
	r.plan.Tensors[l.Output] = Tensor{Reason: LookedUp, Operator: l.Operator, Scales: -1, Repair: -1, Rule: -1}
	r.plan.Lookups = append(r.plan.Lookups, l)
}

// AddTensor adds a tensor to the subgraph and returns its index.
func (r *Rewrite) AddTensor(t *tflite.TensorT) int32 {
	r.p.budget.spend(tensorBytes(t, len(t.Name)), func() string { return fmt.Sprintf("subgraph %d, added tensor %q", r.index, cut(t.Name)) })
	return r.addTensor(t)
}

func (r *Rewrite) addTensor(t *tflite.TensorT) int32 {
	r.types = append(r.types, t.Type)
	r.plan.Added = append(r.plan.Added, t)
	return int32(len(r.types) - 1)
}

// Next is the index of the tensor that is added next.
func (r *Rewrite) Next() int32 { return int32(len(r.types)) }

// Copy adds a tensor that has the values of c.Of in the format of c, for its readers,
// and sets c.Added. What follows the name of the tensor in that of the copy is suffix.
func (r *Rewrite) Copy(c Copy, suffix string) int32 {
	from := r.sg.Tensors[c.Of]
	c.Added = r.AddTensor(&tflite.TensorT{
		Name:           from.Name + suffix,
		Shape:          from.Shape,
		ShapeSignature: from.ShapeSignature,
		HasRank:        from.HasRank,
		Type:           c.Format.Type(),
	})
	for _, u := range c.Readers {
		r.redirect(u, c.Added)
	}
	r.plan.Copies = append(r.plan.Copies, c)
	return c.Added
}

func (r *Rewrite) redirect(u Use, to int32) {
	if r.inputs[u.Operator] == nil {
		r.inputs[u.Operator] = slices.Clone(r.Inputs(u.Operator))
	}
	r.inputs[u.Operator][u.Input] = to
}

// Dequantize adds an operator that turns d.Tensor, which is one of the model's, into
// float32, and a tensor for that, which becomes d.Output. d.Readers are as Readers
// returns them.
func (r *Rewrite) Dequantize(d Dequantize) {
	t, k := d.Tensor, int32(len(r.plan.Dequantize))
	like := t
	if int(t) >= len(r.sg.Tensors) {
		like = d.Origin // of which it is a copy
	}
	d.Output = r.addTensor(r.p.dequantized(r.index, like))
	d.Readers = slices.Clone(d.Readers)
	r.insert(k, d.Readers)
	for _, u := range d.Readers {
		if r.Added(u.Operator) {
			r.plan.Dequantize[int(u.Operator)-len(r.sg.Operators)].Tensor = d.Output
			continue
		}
		r.redirect(u, d.Output)
	}
	r.plan.Dequantize = append(r.plan.Dequantize, d)
	if int(t) >= len(r.handled) {
		return // a copy, which has no readers but those that it was given
	}
	r.handled[t] = handled{done: true, added: true, dequantize: int32(len(r.sg.Operators)) + k}
}

// insert places added operator k before the first of its readers, which are in
// the order of operators, or at the end.
func (r *Rewrite) insert(k int32, readers []Use) {
	l := link{anchor: int32(len(r.sg.Operators)), prev: -1, next: -1}
	if len(readers) > 0 {
		l.anchor = readers[0].Operator
	}
	if r.Added(l.anchor) && len(readers) > 0 {
		l.next = l.anchor - int32(len(r.sg.Operators))
		l.anchor, l.prev = r.links[l.next].anchor, r.links[l.next].prev
	}
	e := &r.before[l.anchor]
	if l.next < 0 {
		l.prev, e.last = e.last, k
	} else {
		r.links[l.next].prev = k
	}
	if l.prev < 0 {
		e.first = k
	} else {
		r.links[l.prev].next = k
	}
	r.links = append(r.links, l)
}

// Finish sets the new sequence of operators.
func (r *Rewrite) Finish() {
	n := int32(len(r.sg.Operators))
	r.p.keepBeside(r.index)
	dropped := r.plan.dropped(int(n))
	seq := make([]int32, 0, int(n)+len(r.plan.Dequantize))
	for op := int32(0); op <= n; op++ {
		seq = r.insertedBefore(seq, op)
		for k := r.before[op].first; k >= 0; k = r.links[k].next {
			seq = append(seq, n+k)
		}
		if op < n && (dropped == nil || !dropped[op]) {
			seq = append(seq, op)
		}
	}
	r.plan.Operators = seq
}
