package plan

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// An Insertion is operators that are added in a row.
type Insertion struct {
	Operators []*tflite.OperatorT
	// Before is the operator of the model in front of which they stand, the number of
	// operators for the end.
	Before       int32
	Output       int32   // the tensor that the last one gives
	Readers      []Use   // the inputs of operators of the model that now read Output
	GraphOutputs []int32 // the entries of the subgraph's outputs that now are Output

	first int32 // the number of its first operator among all that are inserted
}

// AddedData are those of a tensor that is added.
type AddedData struct {
	Data    []byte
	Tensors []Place // which have them
	Buffer  int32   // the added buffer that gets them
}

// A Place is a tensor of a subgraph.
type Place struct {
	Subgraph int
	Tensor   int32
}

// Insert adds operators before those that stand in front of i.Before so far, or after
// them.
func (r *Rewrite) Insert(i Insertion, first bool) {
	k := int32(len(r.plan.Inserted))
	if k > 0 {
		last := &r.plan.Inserted[k-1]
		i.first = last.first + int32(len(last.Operators))
	}
	r.plan.Inserted = append(r.plan.Inserted, i)
	for range i.Operators {
		r.p.budget.spend(newOperator+newOptions, func() string { return PlaceOperator(r.p.Model, r.index, min(i.Before, int32(len(r.sg.Operators))-1)) })
	}
	if r.inserted == nil {
		r.inserted = map[int32][]int32{}
	}
	if first {
		r.inserted[i.Before] = append([]int32{k}, r.inserted[i.Before]...)
	} else {
		r.inserted[i.Before] = append(r.inserted[i.Before], k)
	}
	for _, u := range i.Readers {
		r.redirect(u, i.Output)
	}
}

// insertedBefore appends the numbers of operators that are inserted in front of one.
func (r *Rewrite) insertedBefore(seq []int32, op int32) []int32 {
	for _, k := range r.inserted[op] {
		i := &r.plan.Inserted[k]
		for n := range int32(len(i.Operators)) {
			seq = append(seq, -1-i.first-n)
		}
	}
	return seq
}

// inserted are all operators of insertions, in order of adding.
func (s *Subgraph) inserted() []*tflite.OperatorT {
	var out []*tflite.OperatorT
	for _, i := range s.Inserted {
		out = append(out, i.Operators...)
	}
	return out
}

// assignAdded gives added data their buffers.
func (a *assigner) assignAdded() {
	for i := range a.AddedData {
		d := &a.AddedData[i]
		d.Buffer = a.next
		a.next++
		for _, t := range d.Tensors {
			a.added(t.Subgraph, t.Tensor).Buffer = uint32(d.Buffer)
		}
	}
}

func (p *Plan) fitsInsertion(subgraph int, i *Insertion) bool {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	all, codes := len(sg.Tensors)+len(s.Added), len(p.Model.OperatorCodes)+len(p.Codes)
	if !within(i.Before, len(sg.Operators)+1) || !within(i.Output, all) {
		return false
	}
	for _, op := range i.Operators {
		if op == nil || int64(op.OpcodeIndex) >= int64(codes) || outOfRange(op.Inputs, all) >= 0 || outOfRange(op.Outputs, all) >= 0 {
			return false
		}
	}
	for _, u := range i.Readers {
		if !within(u.Operator, len(sg.Operators)) || !within(u.Input, len(sg.Operators[u.Operator].Inputs)) {
			return false
		}
	}
	for _, o := range i.GraphOutputs {
		if !within(o, len(sg.Outputs)) {
			return false
		}
	}
	return true
}
