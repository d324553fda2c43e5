package repair

import (
	"maps"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Kept are constants that stay as they are because of their values, by subgraph and
// tensor.
type Kept map[[2]int32]plan.Repaired

// With returns those of k and more.
func (k Kept) With(constants []plan.Repaired) Kept {
	more := Kept{}
	maps.Copy(more, k)
	for _, c := range constants {
		more[[2]int32{c.Subgraph, c.Tensor}] = c
	}
	return more
}

// A Keeper decides, while a subgraph is planned, which of its constants stay as they are.
type Keeper struct {
	Set      Set
	Kept     Kept
	Plan     *plan.Plan
	Subgraph int

	subgraph *Subgraph // once it is needed
}

// Keeps reports whether a constant that is to get a format for a use stays as it is,
// because upstream's file would be broken otherwise, and notes that in the plan.
func (k *Keeper) Keeps(u plan.Use, t int32, f encode.Format) bool {
	p := &k.Plan.Subgraphs[k.Subgraph].Tensors[t]
	if p.Reason == plan.ByRepair {
		return true
	}
	if f != nil && f.Type() == tflite.TensorTypeFLOAT16 && k.Plan.Stored(k.Subgraph, t) != t {
		p.Reason = plan.NotFloat32 // it is float16 already
		return true
	}
	if p.Format != nil || k.Set == 0 {
		return false
	}
	r, ok := k.Kept[[2]int32{int32(k.Subgraph), t}]
	if !ok {
		if k.subgraph == nil {
			k.subgraph = NewSubgraph(k.Plan, k.Subgraph)
		}
		r, ok = k.Set.Keep(k.subgraph, t, f)
	}
	if !ok {
		return false
	}
	p.Reason, p.Operator, p.Input, p.Repair = plan.ByRepair, u.Operator, u.Input, int32(len(k.Plan.Repaired))
	k.Plan.Repaired = append(k.Plan.Repaired, r)
	return true
}
