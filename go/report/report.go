// Package report says what quantization does to a model, as data that programs and
// people's reports are made from. Fields have the names of the JSON output.
package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Report is what was done from file to file.
type Report struct {
	Input  File `json:"input"`
	Output File `json:"output"`
	Summary
	Like    *Like   `json:"like,omitempty"` // where a file to compare with was given
	Seconds Seconds `json:"seconds"`
}

// A File is one that was read or written.
type File struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

// Like is how the output compares to another file.
type Like struct {
	Path  string `json:"path"`
	Equal bool   `json:"equal"`
	// First is the first byte that differs; where one file goes on, the length of
	// the other.
	First int `json:"-"`
}

// Seconds are the times of the steps.
type Seconds struct {
	Read  float64 `json:"read"` // with verifying
	Plan  float64 `json:"plan"`
	Write float64 `json:"write"` // quantizing and getting the file to the disk
}

// Total is the time of all steps.
func (s *Seconds) Total() float64 { return s.Read + s.Plan + s.Write }

// A Summary is a plan in numbers. Its lists are never nil.
type Summary struct {
	Type        string  `json:"type"`         // what weights become, such as int8
	MinElements uint64  `json:"min_elements"` // weights with fewer are kept, for int8
	Quantized   int     `json:"quantized"`    // tensors whose data are made anew
	Groups      []Group `json:"groups"`       // changed ones first
	// Operators counts the model's operators by what they compute in.
	Operators           []Computed      `json:"operators"`
	DequantizeOperators int             `json:"dequantize_operators"` // added ones
	OperatorVersions    []VersionChange `json:"operator_versions"`    // by operator code
	CopiedConstants     []Copied        `json:"copied_constants"`
	UpstreamUndefined   []string        `json:"upstream_undefined"` // as plan.Plan.Undefined
	Repairs             []Repair        `json:"repairs"`            // that were made
}

// A Group is tensors to which the same happens for the same reason.
type Group struct {
	Action  string `json:"action"`
	Reason  string `json:"reason"`
	Type    string `json:"type"` // in the model
	Tensors int    `json:"tensors"`
	// Bytes are those of the tensors' data; what several share counts once.
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"`

	reason plan.Reason
	rank   int // coarse formats before fine ones, what is kept last
}

// Ranks of groups that have no format.
const (
	rankLookedUp = 100 + iota
	rankKept
)

// Changed tells that the tensors of the group do not stay as they are.
func (g *Group) Changed() bool { return g.rank < rankKept }

// Activations tells that the tensors of the group are computed when the model runs.
func (g *Group) Activations() bool { return g.reason == plan.Activation }

func rankOf(t *plan.Tensor) int {
	switch {
	case t.Format != nil:
		return int(t.Format.Granularity().Scope)
	case t.Reason == plan.LookedUp:
		return rankLookedUp
	}
	return rankKept
}

// Computed is how many operators of a kind compute in the same way.
type Computed struct {
	Operator string `json:"operator"` // its name in the schema, or the custom code
	Computes string `json:"computes"` // such as "hybrid", see plan.Compute
	Count    int    `json:"count"`
}

// A VersionChange is that of an operator code.
type VersionChange struct {
	Operator string `json:"operator"` // its name in the schema, or the custom code
	From     int32  `json:"from"`
	To       int32  `json:"to"`
}

// Copied is a constant whose new data do not replace the old ones, because something
// else needs these as they are or in another format.
type Copied struct {
	Subgraph int32  `json:"subgraph"`
	Tensor   int32  `json:"tensor"`
	Name     string `json:"name"`
	Bytes    int    `json:"bytes"` // of the copy
}

// A Repair is what was mended, by one repair, of what upstream's file breaks.
type Repair struct {
	Name   string  `json:"name"`   // see package repair
	Places []Place `json:"places"` // at least one
}

// A Place is one of those that were repaired.
type Place struct {
	Subgraph int32  `json:"subgraph"` // -1 where none is meant
	Tensor   int32  `json:"tensor"`   // -1 where none is meant
	Name     string `json:"tensor_name,omitempty"`
	What     string `json:"what"`
}

func repairs(p *plan.Plan) []Repair {
	out := []Repair{}
	for _, r := range p.Repaired {
		place := Place{r.Subgraph, r.Tensor, "", r.What}
		if r.Tensor >= 0 {
			place.Name = strings.Clone(p.Model.Subgraphs[r.Subgraph].Tensors[r.Tensor].Name)
		}
		i := slices.IndexFunc(out, func(known Repair) bool { return known.Name == r.Name })
		if i < 0 {
			i, out = len(out), append(out, Repair{Name: r.Name})
		}
		out[i].Places = append(out[i].Places, place)
	}
	return out
}

// Summarize counts what a plan does to its model. The result has copies of the
// model's names: it may outlive a model whose file is mapped.
func Summarize(p *plan.Plan) Summary {
	s := Summary{
		Type:              p.Label,
		MinElements:       p.MinElements,
		Groups:            groups(p),
		Operators:         computed(p),
		OperatorVersions:  []VersionChange{},
		CopiedConstants:   []Copied{},
		UpstreamUndefined: append([]string{}, p.Undefined...),
		Repairs:           repairs(p),
	}
	for i := range p.Subgraphs {
		s.DequantizeOperators += len(p.Subgraphs[i].Dequantize)
	}
	for _, g := range s.Groups {
		if g.rank < rankLookedUp {
			s.Quantized += g.Tensors
		}
	}
	for i, c := range p.Model.OperatorCodes {
		if c.Version != p.Versions[i] {
			s.OperatorVersions = append(s.OperatorVersions, VersionChange{strings.Clone(tflite.OperatorName(c)), c.Version, p.Versions[i]})
		}
	}
	for _, e := range p.Encoded {
		if e.Copied() {
			s.CopiedConstants = append(s.CopiedConstants, Copied{e.Subgraph, e.Tensor, strings.Clone(p.Model.Subgraphs[e.Subgraph].Tensors[e.Tensor].Name), e.Encoding.Len()})
		}
	}
	return s
}

func groups(p *plan.Plan) []Group {
	c := counter{p, map[kind]*Group{}, make([]bool, len(p.Model.Buffers)), make([]bool, len(p.Encoded))}
	for i, sg := range p.Model.Subgraphs {
		for t, tensor := range sg.Tensors {
			c.tensor(&p.Subgraphs[i].Tensors[t], tensor)
		}
		for k := range p.Subgraphs[i].Copies {
			planned := &p.Subgraphs[i].Copies[k]
			c.encoded(c.group(&planned.Tensor, sg.Tensors[planned.Of].Type), &planned.Tensor)
		}
	}
	out := make([]Group, 0, len(c.groups))
	for _, g := range c.groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Action, b.Action), cmp.Compare(a.reason, b.reason), cmp.Compare(a.Type, b.Type))
	})
	return out
}

// A counter counts tensors and bytes by group.
type counter struct {
	p             *plan.Plan
	groups        map[kind]*Group
	counted, made []bool // buffers of the model, and encoded data
}

// A kind is what tensors of a group have in common.
type kind struct {
	action string
	reason plan.Reason
	from   tflite.TensorType
}

// group returns the group of a tensor that is planned, and counts the tensor.
func (c *counter) group(planned *plan.Tensor, from tflite.TensorType) *Group {
	k := kind{actionName(planned), planned.Reason, from}
	g := c.groups[k]
	if g == nil {
		g = &Group{Action: k.action, Reason: reasonName(k.reason), Type: from.String(), reason: k.reason, rank: rankOf(planned)}
		c.groups[k] = g
	}
	g.Tensors++
	return g
}

func (c *counter) tensor(planned *plan.Tensor, tensor *tflite.TensorT) {
	g := c.group(planned, tensor.Type)
	before := int64(0)
	if !c.counted[tensor.Buffer] {
		c.counted[tensor.Buffer] = true
		before = int64(len(c.p.Model.Buffers[tensor.Buffer].Data))
	}
	g.BytesBefore += before
	if planned.Format == nil {
		g.BytesAfter += before
		return
	}
	c.encoded(g, planned)
}

// encoded counts the bytes of encoded data once.
func (c *counter) encoded(g *Group, planned *plan.Tensor) {
	if c.made[planned.Encoded] {
		return
	}
	c.made[planned.Encoded] = true
	e := c.p.Encoded[planned.Encoded].Encoding
	g.BytesAfter += int64(e.Len()) + int64(e.ScalesLen())
}

// computed counts operators: those that change first, then by number and name.
func computed(p *plan.Plan) []Computed {
	type kind struct {
		compute plan.Compute
		name    string
	}
	counts := map[kind]int{}
	for i, sg := range p.Model.Subgraphs {
		for j, c := range p.Computes(i) {
			counts[kind{c, tflite.OperatorName(p.Model.OperatorCodes[sg.Operators[j].OpcodeIndex])}]++
		}
	}
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b kind) int {
		unchanged := func(k kind) int {
			if k.compute == plan.Unchanged {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(unchanged(a), unchanged(b)), cmp.Compare(a.compute, b.compute), -cmp.Compare(counts[a], counts[b]), cmp.Compare(a.name, b.name))
	})
	out := []Computed{}
	for _, k := range kinds {
		out = append(out, Computed{strings.Clone(k.name), k.compute.String(), counts[k]})
	}
	return out
}
