package diff

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// AnyOrder returns the differences between two models whatever the order of their
// tensors, operators, operator codes, buffers, metadata and signatures, and whatever their
// files' layout; most at most. Tensors, metadata and signatures go by their names, those
// of the same name by their order; operators by their outputs. The parts in paths have
// these instead of indices: subgraphs[0].tensors["conv/filter"].type. The models must have
// parts for all their indices, as plan.New checks.
func AnyOrder(a, b *tflite.ModelT, most int) []Difference {
	c := comparer{out: []Difference{}, most: most}
	c.compare("", reflect.ValueOf(headOf(a)), reflect.ValueOf(headOf(b)))
	match(&c, "metadata", a.Metadata, b.Metadata,
		func(i int, m *tflite.ModelT) string { return m.Metadata[i].Name },
		func(i int, m *tflite.ModelT) any { return tflite.BufferData(m, m.Metadata[i].Buffer) }, a, b)
	match(&c, "signature_defs", a.SignatureDefs, b.SignatureDefs,
		func(i int, m *tflite.ModelT) string { return m.SignatureDefs[i].SignatureKey },
		func(i int, m *tflite.ModelT) any { return signatureOf(m, m.SignatureDefs[i]) }, a, b)
	if len(a.Subgraphs) != len(b.Subgraphs) {
		c.differ("subgraphs", elements(len(a.Subgraphs)), fmt.Sprint(len(b.Subgraphs)))
	}
	for i := range min(len(a.Subgraphs), len(b.Subgraphs)) {
		c.subgraphs(fmt.Sprintf("subgraphs[%d]", i), newGraph(a, i), newGraph(b, i))
	}
	return c.out
}

// A head is what a model has one of.
type head struct {
	Version     uint32 `json:"version"`
	Description string `json:"description"`
}

func headOf(m *tflite.ModelT) head { return head{m.Version, m.Description} }

// A graph is a subgraph whose tensors and operators have names of their own.
type graph struct {
	*tflite.SubGraphT
	model     *tflite.ModelT
	tensors   []string
	operators []string
}

func newGraph(m *tflite.ModelT, i int) *graph {
	g := &graph{SubGraphT: m.Subgraphs[i], model: m}
	var names []string
	for _, t := range g.Tensors {
		names = append(names, t.Name)
	}
	g.tensors = distinct(names)
	names = nil
	for _, op := range g.Operators {
		names = append(names, g.operatorName(op)+" of "+strings.Join(g.named(op.Outputs), ", "))
	}
	g.operators = distinct(names)
	return g
}

func (g *graph) operatorName(op *tflite.OperatorT) string {
	return tflite.OperatorName(g.model.OperatorCodes[op.OpcodeIndex])
}

// distinct adds the number of an occurrence to names that occur again.
func distinct(names []string) []string {
	seen := map[string]int{}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n
		if seen[n]++; seen[n] > 1 {
			out[i] = fmt.Sprintf("%s (%d)", n, seen[n])
		}
	}
	return out
}

// named returns the names of tensors, "none" for one that is left out.
func (g *graph) named(tensors []int32) []string {
	out := make([]string, len(tensors))
	for i, t := range tensors {
		out[i] = "none"
		if t >= 0 {
			out[i] = g.tensors[t]
		}
	}
	return out
}

// A tensor is one without indices.
type tensor struct {
	tflite.TensorT
	Data []byte `json:"data"`
}

func (g *graph) tensor(i int) any {
	t := *g.Tensors[i]
	data := tflite.BufferData(g.model, t.Buffer)
	t.Buffer, t.Name = 0, ""
	return tensor{t, data}
}

// An operator is one without indices.
type operator struct {
	tflite.OperatorT
	Version       int32    `json:"version"`
	Inputs        []string `json:"inputs"`
	Intermediates []string `json:"intermediates"`
}

func (g *graph) operator(i int) any {
	op := *g.Operators[i]
	o := operator{op, g.model.OperatorCodes[op.OpcodeIndex].Version, g.named(op.Inputs), g.named(op.Intermediates)}
	o.OperatorT.OpcodeIndex, o.OperatorT.Inputs, o.OperatorT.Outputs, o.OperatorT.Intermediates = 0, nil, nil, nil
	o.LargeCustomOptionsOffset = 0
	return o
}

// A signature is one without indices.
type signature struct {
	Subgraph uint32            `json:"subgraph_index"`
	Inputs   map[string]string `json:"inputs"`
	Outputs  map[string]string `json:"outputs"`
}

func signatureOf(m *tflite.ModelT, s *tflite.SignatureDefT) any {
	names := func(list []*tflite.TensorMapT) map[string]string {
		out := map[string]string{}
		for _, t := range list {
			out[t.Name] = fmt.Sprintf("tensor %d", t.TensorIndex)
			if int64(s.SubgraphIndex) < int64(len(m.Subgraphs)) {
				if tensors := m.Subgraphs[s.SubgraphIndex].Tensors; int64(t.TensorIndex) < int64(len(tensors)) {
					out[t.Name] = tensors[t.TensorIndex].Name
				}
			}
		}
		return out
	}
	return signature{s.SubgraphIndex, names(s.Inputs), names(s.Outputs)}
}

// A comparer compares parts of models.
type comparer struct {
	out  []Difference
	most int
}

func (c *comparer) differ(path, a, b string) {
	if len(c.out) < c.most {
		c.out = append(c.out, Difference{Path: path, A: a, B: b})
	}
}

func (c *comparer) subgraphs(path string, a, b *graph) {
	type face struct {
		Name    string   `json:"name"`
		Inputs  []string `json:"inputs"`
		Outputs []string `json:"outputs"`
	}
	c.compare(path+".", reflect.ValueOf(face{a.Name, a.named(a.Inputs), a.named(a.Outputs)}), reflect.ValueOf(face{b.Name, b.named(b.Inputs), b.named(b.Outputs)}))
	c.parts(path+".tensors", a.tensors, b.tensors, a.tensor, b.tensor)
	c.parts(path+".operators", a.operators, b.operators, a.operator, b.operator)
}

// match compares lists of which each entry has a name.
func match[T any](c *comparer, path string, listA, listB []T, name func(int, *tflite.ModelT) string, part func(int, *tflite.ModelT) any, a, b *tflite.ModelT) {
	names := func(n int, m *tflite.ModelT) []string {
		var out []string
		for i := range n {
			out = append(out, name(i, m))
		}
		return distinct(out)
	}
	c.parts(path, names(len(listA), a), names(len(listB), b), func(i int) any { return part(i, a) }, func(i int) any { return part(i, b) })
}

// parts compares parts that go by their names.
func (c *comparer) parts(path string, namesA, namesB []string, partA, partB func(i int) any) {
	indices := map[string]int{}
	for i, n := range namesB {
		indices[n] = i
	}
	for i, n := range namesA {
		place := fmt.Sprintf("%s[%q]", path, n)
		k, both := indices[n]
		if !both {
			c.differ(place, "present", "absent")
			continue
		}
		delete(indices, n)
		before := len(c.out)
		c.compare(place+".", reflect.ValueOf(partA(i)), reflect.ValueOf(partB(k)))
		for d := before; d < len(c.out); d++ {
			c.out[d].Path = strings.TrimSuffix(c.out[d].Path, ".")
		}
	}
	for _, n := range namesB {
		if _, only := indices[n]; only {
			c.differ(fmt.Sprintf("%s[%q]", path, n), "absent", "present")
		}
	}
}

// compare compares values of one type. path ends in a dot where it names no field yet.
func (c *comparer) compare(path string, a, b reflect.Value) {
	if len(c.out) >= c.most {
		return
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		c.pointers(path, a, b)
	case reflect.Struct:
		c.structs(path, a, b)
	case reflect.Slice:
		c.slices(path, a, b)
	case reflect.Float32, reflect.Float64:
		if !isSame(a, b) {
			c.differ(path, fmt.Sprint(a), fmt.Sprint(b))
		}
	default:
		if !reflect.DeepEqual(a.Interface(), b.Interface()) {
			c.differ(path, inWords(a), inWords(b))
		}
	}
}

func inWords(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return fmt.Sprintf("%.200q", v.String())
	}
	return fmt.Sprint(v.Interface())
}

func (c *comparer) pointers(path string, a, b reflect.Value) {
	switch {
	case a.IsNil() && b.IsNil():
	case a.IsNil() || b.IsNil():
		word := map[bool]string{true: "absent", false: "present"}
		c.differ(path, word[a.IsNil()], word[b.IsNil()])
	case a.Elem().Type() != b.Elem().Type():
		c.differ(path, a.Elem().Type().String(), b.Elem().Type().String())
	default:
		c.compare(path, a.Elem(), b.Elem())
	}
}

func (c *comparer) structs(path string, a, b reflect.Value) {
	if path != "" && !strings.HasSuffix(path, ".") {
		path += "."
	}
	for i := range a.NumField() {
		f := a.Type().Field(i)
		at := path
		if !f.Anonymous && f.Name != "Value" { // of a union
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			at += cmp.Or(name, strings.ToLower(f.Name))
		}
		c.compare(at, a.Field(i), b.Field(i))
	}
}

func (c *comparer) slices(path string, a, b reflect.Value) {
	switch {
	case a.Len() != b.Len():
		c.differ(path, elements(a.Len()), fmt.Sprint(b.Len()))
	case a.Type().Elem().Kind() == reflect.Uint8:
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			c.numbers(path, a, b)
		}
	case a.Type().Elem().Kind() <= reflect.Complex128: // numbers and truth values
		c.numbers(path, a, b)
	default:
		for i := range a.Len() {
			c.compare(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i))
		}
	}
}

// numbers gives the first that differs, and how many do.
func (c *comparer) numbers(path string, a, b reflect.Value) {
	first, n := -1, 0
	for i := range a.Len() {
		if !isSame(a.Index(i), b.Index(i)) {
			n++
			if first < 0 {
				first = i
			}
		}
	}
	if n > 0 {
		path = fmt.Sprintf("%s[%d]", strings.TrimSuffix(path, "."), first)
		c.out = append(c.out, Difference{Path: path, A: fmt.Sprint(a.Index(first)), B: fmt.Sprint(b.Index(first)), Elements: n})
	}
}

// isSame compares numbers or truth values, NaN by its bits.
func isSame(a, b reflect.Value) bool {
	switch {
	case a.CanFloat():
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float())
	case a.CanInt():
		return a.Int() == b.Int()
	case a.CanUint():
		return a.Uint() == b.Uint()
	}
	return a.Bool() == b.Bool()
}
