package quantize

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A graph is a subgraph while DEQUANTIZE operators are added to it. It holds
// what differs from the model: the model itself does not change.
type graph struct {
	*collector
	types   []tflite.TensorType // of every tensor so far, added ones too
	outputs map[int32][]int32   // by tensor, the entries of the subgraph's outputs that are it
	inputs  [][]int32           // by operator, where they changed
	readers readerIndex
	// added readers of tensors that were handled. Their other readers can read
	// them as they are, and nothing that happens later changes that.
	changed []reader
	links   []link
	before  []ends // by operator of the model, the added ones that stand before it; the last is the end
}

// A reader is an operator and 1, noReader, or 0 for those that the model has.
type reader int32

const noReader reader = -1

// A link is an added operator in the list of those before one of the model's.
type link struct {
	anchor     int32 // the index in before
	prev, next int32 // -1 at the ends
}

type ends struct{ first, last int32 } // -1 for none

func newGraph(c *collector) *graph {
	g := &graph{
		collector: c,
		types:     make([]tflite.TensorType, len(c.sg.Tensors)),
		outputs:   map[int32][]int32{},
		inputs:    make([][]int32, len(c.sg.Operators)),
		readers:   indexReaders(c.sg),
		changed:   make([]reader, len(c.sg.Tensors)),
		before:    slices.Repeat([]ends{{-1, -1}}, len(c.sg.Operators)+1),
	}
	for i, t := range c.sg.Outputs {
		g.outputs[t] = append(g.outputs[t], int32(i))
	}
	for t := range g.types {
		switch g.types[t] = c.sg.Tensors[t].Type; c.plan.Tensors[t].Action {
		case Int8PerTensor, Int8PerChannel:
			g.types[t] = tflite.TensorTypeINT8
		case ToFloat16:
			g.types[t] = tflite.TensorTypeFLOAT16
		}
	}
	return g
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

func (g *graph) readersOf(t int32) []Use {
	switch r := g.changed[t]; r {
	case 0:
	case noReader:
		return nil
	default:
		return []Use{{int32(r) - 1, 0}}
	}
	return g.readers.uses[g.readers.start[t]:g.readers.start[t+1]]
}

func (g *graph) inputsOf(op int32) []int32 {
	if in := g.inputs[op]; in != nil {
		return in
	}
	return g.sg.Operators[op].Inputs
}

// added reports whether an operator is one that was added.
func (g *graph) added(op int32) bool { return int(op) >= len(g.sg.Operators) }

// handle puts a DEQUANTIZE in front of the readers of a quantized tensor that
// cannot read it as it is.
func (g *graph) handle(t int32) error {
	if g.o.BufferType == Float16 {
		g.dequantize(t, t, g.readersOf(t), -1)
		return nil
	}
	origin := t
	out, passes, err := g.passThrough(t)
	if err != nil {
		return err
	}
	if passes { // one step: what reads the output is not asked again whether it passes
		t = out
	}
	var unable []Use
	for _, u := range g.readersOf(t) {
		if !g.readsInt8(u) {
			unable = append(unable, u)
		}
	}
	output := int32(-1)
	if at := g.outputs[t]; len(at) > 0 { // the others stay
		output, g.outputs[t] = at[0], at[1:]
	}
	g.changed[t] = noReader
	if len(unable) > 0 || output >= 0 {
		g.dequantize(t, origin, unable, output)
	}
	return nil
}

// passThrough makes the output of a lookup int8 where the lookup is the only
// reader of t, and returns that output.
func (g *graph) passThrough(t int32) (out int32, passes bool, err error) {
	readers := g.readersOf(t)
	if len(readers) != 1 || g.added(readers[0].Operator) {
		return 0, false, nil
	}
	op := readers[0].Operator
	rule := g.rule(op)
	if !rule.PassThrough {
		return 0, false, nil
	}
	outputs := g.sg.Operators[op].Outputs
	if len(outputs) != 1 || outputs[0] < 0 {
		return 0, false, modelError(placeOperator(g.m, g.index, op), "it has the outputs %v, one is expected", outputs)
	}
	inputs := g.inputsOf(op)
	if len(inputs) <= int(rule.Weights[0]) || inputs[rule.Weights[0]] < 0 {
		return 0, false, modelError(placeOperator(g.m, g.index, op), "it has no input %d, its table", rule.Weights[0])
	}
	out = outputs[0]
	if g.plan.Tensors[out].Quantized() {
		return 0, false, modelError(placeOperator(g.m, g.index, op), "its output, tensor %d, is a constant", out)
	}
	g.types[out] = tflite.TensorTypeINT8
	g.plan.Tensors[out] = TensorPlan{Action: PassThrough, Reason: LookedUp, Operator: op}
	g.plan.Lookups = append(g.plan.Lookups, Lookup{op, t, out, inputs[rule.Weights[0]]})
	return out, true, nil
}

// readsInt8 reports whether the operator can read its int8 input as it is.
func (g *graph) readsInt8(u Use) bool {
	if g.added(u.Operator) {
		return false
	}
	rule := g.rule(u.Operator)
	if !g.o.hybrid(rule, g.sg.Operators[u.Operator]) || !slices.Contains(rule.Weights, u.Input) {
		return false
	}
	inputs := g.inputsOf(u.Operator)
	for _, w := range rule.Weights {
		if int(w) < len(inputs) && inputs[w] >= 0 && g.types[inputs[w]] != tflite.TensorTypeINT8 {
			return false
		}
	}
	return true
}

// dequantize adds an operator that turns t into float32 for the given readers
// and, if output is not -1, for that output of the subgraph.
func (g *graph) dequantize(t, origin int32, readers []Use, output int32) {
	d := Dequantize{Tensor: t, Origin: origin, Output: int32(len(g.types)), Readers: slices.Clone(readers), GraphOutput: output, like: t}
	k := int32(len(g.plan.Dequantize))
	number := int32(len(g.sg.Operators)) + k
	g.types = append(g.types, tflite.TensorTypeFLOAT32)
	g.insert(k, d.Readers)
	for _, u := range d.Readers {
		if g.added(u.Operator) {
			g.plan.Dequantize[int(u.Operator)-len(g.sg.Operators)].Tensor = d.Output
			continue
		}
		if g.inputs[u.Operator] == nil {
			g.inputs[u.Operator] = slices.Clone(g.inputsOf(u.Operator))
		}
		g.inputs[u.Operator][u.Input] = d.Output
	}
	g.plan.Dequantize = append(g.plan.Dequantize, d)
	g.changed[t] = reader(number + 1)
}

// insert places added operator k before the first of its readers, which are in
// the order of operators, or at the end.
func (g *graph) insert(k int32, readers []Use) {
	l := link{anchor: int32(len(g.sg.Operators)), prev: -1, next: -1}
	if len(readers) > 0 {
		l.anchor = readers[0].Operator
	}
	if g.added(l.anchor) && len(readers) > 0 {
		l.next = l.anchor - int32(len(g.sg.Operators))
		l.anchor, l.prev = g.links[l.next].anchor, g.links[l.next].prev
	}
	e := &g.before[l.anchor]
	if l.next < 0 {
		l.prev, e.last = e.last, k
	} else {
		g.links[l.next].prev = k
	}
	if l.prev < 0 {
		e.first = k
	} else {
		g.links[l.prev].next = k
	}
	g.links = append(g.links, l)
}

// sequence returns the operators in their new order.
func (g *graph) sequence() []int32 {
	n := int32(len(g.sg.Operators))
	seq := make([]int32, 0, int(n)+len(g.plan.Dequantize))
	for op := int32(0); op <= n; op++ {
		for k := g.before[op].first; k >= 0; k = g.links[k].next {
			seq = append(seq, n+k)
		}
		if op < n {
			seq = append(seq, op)
		}
	}
	return seq
}
