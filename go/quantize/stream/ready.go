package stream

import "container/heap"

// ready are groups whose parts may be taken, as a heap by their order: the first one on
// top where sign is 1, the last one where it is -1.
type ready struct {
	groups []*group
	sign   int
}

// top returns the group on top that has parts left, or nil.
func (r *ready) top() *group {
	for len(r.groups) > 0 {
		if g := r.groups[0]; g.taken < g.n {
			return g
		}
		heap.Pop(r)
	}
	return nil
}

func (r *ready) Len() int           { return len(r.groups) }
func (r *ready) Less(i, j int) bool { return r.sign*r.groups[i].order < r.sign*r.groups[j].order }
func (r *ready) Swap(i, j int)      { r.groups[i], r.groups[j] = r.groups[j], r.groups[i] }
func (r *ready) Push(g any)         { r.groups = append(r.groups, g.(*group)) }

func (r *ready) Pop() any {
	last := len(r.groups) - 1
	g := r.groups[last]
	r.groups = r.groups[:last]
	return g
}
