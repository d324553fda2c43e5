package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Group is tensors to which the same happens for the same reason.
type Group struct {
	Action  string `json:"action"`           // what happens to the tensors, such as "int8 per channel" or "kept"
	Reason  string `json:"reason"`           // why, in a few words such as "weights"
	Type    string `json:"type"`             // in the model
	Sparse  bool   `json:"sparse,omitempty"` // in the model
	Repair  string `json:"repair,omitempty"` // the one for which the tensors are kept
	Tensors int    `json:"tensors"`          // how many
	// Bytes are those of the tensors' data; what several share counts once.
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"` // with scales that are tensors of their own
	// Operators are those that read constants which are kept, by bytes, most first; at
	// most 50 kinds.
	Operators []Reader `json:"operators,omitempty"`
	// Why is the end of a sentence on constants that are kept ("they are ..."), and Helps
	// are arguments of the command that make them smaller: any of these.
	Why   string   `json:"why,omitempty"`
	Helps []string `json:"helps,omitempty"` // such as "--min-elements 1"

	key  groupKey
	rank int // coarse formats before fine ones, what is kept last
}

// A Reader is the operators of a kind that read constants of a group.
type Reader struct {
	Operator string  `json:"operator"`         // see OperatorName
	Custom   bool    `json:"custom,omitempty"` // is no builtin one
	Inputs   []int32 `json:"inputs"`           // the positions of the constants, ascending; at most 50
	Bytes    int64   `json:"bytes"`            // of the constants; what several kinds read counts for each
}

// Ranks of groups that have no format.
const (
	rankLookedUp = 100 + iota
	rankKept
)

// Changed tells that the tensors of the group do not stay as they are.
func (g *Group) Changed() bool { return g.rank < rankKept }

// Activations tells that the tensors of the group have no data: they are computed when the
// model runs, or not used any more.
func (g *Group) Activations() bool {
	return g.key.reason == plan.Activation || g.key.reason == plan.Replaced
}

func rankOf(t *plan.Tensor) int {
	switch {
	case t.Format != nil:
		return int(t.Format.Granularity().Scope)
	case t.Reason == plan.LookedUp:
		return rankLookedUp
	}
	return rankKept
}

type groupKey struct {
	action string
	reason plan.Reason
	from   tflite.TensorType
	sparse bool
	repair string
}

func keyOf(p *plan.Plan, planned *plan.Tensor, tensor *tflite.TensorT) groupKey {
	k := groupKey{action: actionName(planned), reason: planned.Reason, from: tensor.Type, sparse: tensor.Sparsity != nil}
	if planned.Repair >= 0 {
		k.repair = p.Repaired[planned.Repair].Name
	}
	return k
}

// A grouper puts tensors into groups.
type grouper struct {
	p             *plan.Plan
	found         map[groupKey]*Group
	counted, made []bool // buffers, and encoded data, that are in a group already
	readers       readers
}

func groups(p *plan.Plan) []Group {
	g := grouper{p: p, found: map[groupKey]*Group{}, counted: make([]bool, len(p.Model.Buffers)), made: make([]bool, len(p.Encoded)), readers: newReaders(p)}
	for i, sg := range p.Model.Subgraphs {
		kept := make([]keptConstant, len(sg.Tensors))
		for t := range sg.Tensors {
			group, before := g.add(i, t)
			if !group.Changed() && before > 0 {
				kept[t] = keptConstant{group, before}
			}
		}
		for k := range p.Subgraphs[i].Copies {
			c := &p.Subgraphs[i].Copies[k]
			g.encoded(g.group(&c.Tensor, sg.Tensors[g.p.Stored(i, c.Of)]), &c.Tensor)
		}
		g.readers.add(sg, kept)
	}
	g.readers.finish()
	out := make([]Group, 0, len(g.found))
	for _, group := range g.found {
		out = append(out, *group)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Action, b.Action), cmp.Compare(a.key.reason, b.key.reason), cmp.Compare(a.Type, b.Type),
			-cmp.Compare(a.BytesBefore, b.BytesBefore), cmp.Compare(a.Repair, b.Repair))
	})
	return out
}

// add counts a tensor and returns its group, and the bytes of it that are in no group
// yet.
func (g *grouper) add(subgraph, t int) (*Group, int64) {
	planned, tensor := &g.p.Subgraphs[subgraph].Tensors[t], g.p.Model.Subgraphs[subgraph].Tensors[g.p.Stored(subgraph, int32(t))]
	group := g.group(planned, tensor)
	before := int64(0)
	if !g.counted[tensor.Buffer] && planned.Reason != plan.Replaced {
		g.counted[tensor.Buffer] = true
		before = int64(len(g.p.Model.Buffers[tensor.Buffer].Data))
	}
	group.BytesBefore += before
	if planned.Format == nil {
		group.BytesAfter += before
	} else {
		g.encoded(group, planned)
	}
	return group, before
}

// group returns the group of a tensor that is planned, and counts the tensor.
func (g *grouper) group(planned *plan.Tensor, tensor *tflite.TensorT) *Group {
	k := keyOf(g.p, planned, tensor)
	group := g.found[k]
	if group == nil {
		group = &Group{Action: k.action, Reason: reasonName(k.reason), Type: k.from.String(), Sparse: k.sparse, Repair: k.repair, key: k, rank: rankOf(planned)}
		g.found[k] = group
	}
	group.Tensors++
	return group
}

// encoded counts the bytes of encoded data once.
func (g *grouper) encoded(group *Group, planned *plan.Tensor) {
	if g.made[planned.Encoded] {
		return
	}
	g.made[planned.Encoded] = true
	e := g.p.Encoded[planned.Encoded].Encoding
	group.BytesAfter += int64(e.Len()) + int64(e.ScalesLen())
}

// A keptConstant is in a group, with so many bytes.
type keptConstant struct {
	group *Group
	bytes int64
}

// A kind is operators of one name.
type kind struct {
	name   string
	custom bool
}

type readerKey struct {
	group *Group
	kind  int
}

// readers find the operators that read kept constants.
type readers struct {
	kinds []kind
	codes []int // by operator code, the index into kinds
	found map[readerKey]*Reader
}

func newReaders(p *plan.Plan) readers {
	r := readers{codes: make([]int, len(p.Model.OperatorCodes)), found: map[readerKey]*Reader{}}
	index := map[kind]int{}
	for i, c := range p.Model.OperatorCodes {
		k := kind{tflite.OperatorName(c), tflite.BuiltinCode(c) == tflite.BuiltinOperatorCUSTOM}
		at, known := index[k]
		if !known {
			at = len(r.kinds)
			index[k], r.kinds = at, append(r.kinds, k)
		}
		r.codes[i] = at
	}
	return r
}

// A use is a constant and what reads it.
type use struct {
	tensor int32
	kind   int
}

func (r *readers) add(sg *tflite.SubGraphT, kept []keptConstant) {
	var uses []use
	for _, op := range sg.Operators {
		kind := r.codes[op.OpcodeIndex]
		for input, t := range op.Inputs {
			if t >= 0 && kept[t].group != nil {
				uses = append(uses, use{t, kind})
				r.reader(readerKey{kept[t].group, kind}).addInput(int32(input))
			}
		}
	}
	slices.SortFunc(uses, func(a, b use) int { return cmp.Or(cmp.Compare(a.tensor, b.tensor), cmp.Compare(a.kind, b.kind)) })
	for _, u := range slices.Compact(uses) {
		r.reader(readerKey{kept[u.tensor].group, u.kind}).Bytes += kept[u.tensor].bytes
	}
}

func (r *readers) reader(k readerKey) *Reader {
	found := r.found[k]
	if found == nil {
		found = &Reader{Operator: r.kinds[k.kind].name, Custom: r.kinds[k.kind].custom}
		r.found[k] = found
	}
	return found
}

// maxListed bounds lists that a model can make as long as itself.
const maxListed = 50

func (r *Reader) addInput(input int32) {
	if at, known := slices.BinarySearch(r.Inputs, input); !known && len(r.Inputs) < maxListed {
		r.Inputs = slices.Insert(r.Inputs, at, input)
	}
}

// finish gives the groups their operators.
func (r *readers) finish() {
	lists := map[*Group][]*Reader{}
	for k, reader := range r.found {
		lists[k.group] = append(lists[k.group], reader)
	}
	for group, list := range lists {
		slices.SortFunc(list, func(a, b *Reader) int {
			return cmp.Or(-cmp.Compare(a.Bytes, b.Bytes), strings.Compare(a.Operator, b.Operator))
		})
		for _, reader := range list[:min(len(list), maxListed)] {
			reader.Operator = name(reader.Operator)
			group.Operators = append(group.Operators, *reader)
		}
	}
}
