package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/conversion"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// An Inspection is what a model's file holds.
type Inspection struct {
	Version int  `json:"version"` // see Version
	Model   File `json:"model"`   // the file
	// Member is the model's name in the bundle that Model is the path of.
	Member string `json:"member,omitempty"`
	// AppendedFiles are the names in the zip after the model, where there is one.
	AppendedFiles []string `json:"appended_files,omitempty"`
	Schema        uint32   `json:"schema"`                // the model's version of the TFLite schema
	Description   string   `json:"description,omitempty"` // of the model by itself
	// Conversion is what the converter states of itself, nil where it does not.
	Conversion      *conversion.Conversion `json:"conversion,omitempty"`
	NeedsTensorFlow release.Need           `json:"needs_tensorflow"`              // by its operators' versions
	Declared        string                 `json:"declared_tensorflow,omitempty"` // by the metadata
	Quantization    Quantization           `json:"quantization"`                  // what is quantized already
	Space           []Space                `json:"space"`                         // the largest first
	Subgraphs       []Graph                `json:"subgraphs"`                     // in the order of the model
	Signatures      []Signature            `json:"signatures"`                    // in the order of the model
	Operators       []Kind                 `json:"operators"`                     // by number
	Buffers         Buffers                `json:"buffers"`                       // of the model
	Metadata        []Metadata             `json:"metadata"`                      // in the order of the model
}

// A Space is a part of the file's bytes.
type Space struct {
	What  string `json:"what"`  // such as "FLOAT32 constants"
	Count int    `json:"count"` // of tensors, or of entries
	Bytes int64  `json:"bytes"` // of all
}

// A Graph is a subgraph.
type Graph struct {
	Name      string  `json:"name"`      // in the model
	Inputs    []int32 `json:"inputs"`    // indices into Tensors
	Outputs   []int32 `json:"outputs"`   // indices into Tensors
	Operators int     `json:"operators"` // how many
	Tensors   []Value `json:"tensors"`   // in the order of the model
}

// A Value is a tensor.
type Value struct {
	Name   string  `json:"name"`   // in the model
	Type   string  `json:"type"`   // such as FLOAT32
	Shape  []int32 `json:"shape"`  // -1 where a dimension is not known
	Buffer uint32  `json:"buffer"` // its index
	Bytes  int     `json:"bytes"`  // of its data; 0 for activations
	// Variable tells that the value stays from run to run.
	Variable bool  `json:"variable,omitempty"`
	Sparse   bool  `json:"sparse,omitempty"`     // only some values are stored
	Scales   int   `json:"scales,omitempty"`     // their number
	Axis     int32 `json:"axis,omitempty"`       // of several scales
	Block    int32 `json:"block_size,omitempty"` // in values, for scales per block
	// Scale and ZeroPoint are the first ones.
	Scale     float32 `json:"scale,omitempty"`
	ZeroPoint int64   `json:"zero_point,omitempty"` // the first one
}

// A Signature names inputs and outputs of a subgraph.
type Signature struct {
	Key      string  `json:"key"`      // its name
	Subgraph uint32  `json:"subgraph"` // its index
	Inputs   []Named `json:"inputs"`   // by name
	Outputs  []Named `json:"outputs"`  // by name
}

// A Named tensor has a name in a signature.
type Named struct {
	Name   string `json:"name"`   // in the signature
	Tensor uint32 `json:"tensor"` // its index in the subgraph
}

// A Kind is operators with the same name and version.
type Kind struct {
	Operator string `json:"operator"`         // see OperatorName
	Custom   bool   `json:"custom,omitempty"` // is no builtin one
	Version  int32  `json:"version"`          // of the operator
	Count    int    `json:"count"`            // of such operators
	Since    string `json:"since,omitempty"`  // the TensorFlow release that first had the version
}

// Buffers are counts of the model's.
type Buffers struct {
	Count  int `json:"count"`  // of all
	Empty  int `json:"empty"`  // without data
	Shared int `json:"shared"` // with data of several tensors
}

// A Metadata is an entry of the model's metadata.
type Metadata struct {
	Name  string `json:"name"`           // in the model
	Bytes int    `json:"bytes"`          // of the data
	Text  string `json:"text,omitempty"` // what it says, where that is a short text
}

// Inspect describes a model. r has what is known of its file. The error is plan.ErrModel
// for a model whose parts do not exist.
func Inspect(m *tflite.ModelT, r *Report) (*Inspection, error) {
	p, err := plan.New(m)
	if err != nil {
		return nil, err
	}
	need, _ := p.Needs()
	out := &Inspection{
		Version:         Version,
		Model:           r.Input,
		Member:          r.Member,
		AppendedFiles:   r.AppendedFiles,
		Schema:          m.Version,
		Description:     m.Description,
		Conversion:      conversion.Of(m),
		NeedsTensorFlow: need,
		Declared:        release.Declared(m),
		Quantization:    quantizationOf(m),
		Subgraphs:       []Graph{},
		Signatures:      signatures(m),
		Operators:       kinds(m),
		Buffers:         buffers(m),
		Metadata:        metadata(m),
	}
	for i := range m.Subgraphs {
		out.Subgraphs = append(out.Subgraphs, graphOf(m, i))
	}
	out.Space = space(m, &r.Input)
	return out, nil
}

func graphOf(m *tflite.ModelT, i int) Graph {
	sg := m.Subgraphs[i]
	g := Graph{Name: sg.Name, Inputs: append([]int32{}, sg.Inputs...), Outputs: append([]int32{}, sg.Outputs...), Operators: len(sg.Operators), Tensors: []Value{}}
	for _, t := range sg.Tensors {
		v := Value{Name: t.Name, Type: t.Type.String(), Shape: append([]int32{}, t.Shape...), Buffer: t.Buffer, Bytes: len(m.Buffers[t.Buffer].Data), Variable: t.IsVariable, Sparse: t.Sparsity != nil}
		if len(t.ShapeSignature) > 0 {
			v.Shape = append([]int32{}, t.ShapeSignature...)
		}
		if q := t.Quantization; q != nil {
			v.setScales(q)
		}
		g.Tensors = append(g.Tensors, v)
	}
	return g
}

func (v *Value) setScales(q *tflite.QuantizationParametersT) {
	v.Block = tflite.BlockSize(q)
	v.Scales = len(q.Scale)
	if len(q.Scale) > 1 {
		v.Axis = q.QuantizedDimension
	}
	if len(q.Scale) > 0 && finite(float64(q.Scale[0])) != nil {
		v.Scale = q.Scale[0]
	}
	if len(q.ZeroPoint) > 0 {
		v.ZeroPoint = q.ZeroPoint[0]
	}
}

func signatures(m *tflite.ModelT) []Signature {
	out := []Signature{}
	named := func(list []*tflite.TensorMapT) []Named {
		names := []Named{}
		for _, t := range list {
			names = append(names, Named{t.Name, t.TensorIndex})
		}
		return names
	}
	for _, s := range m.SignatureDefs {
		out = append(out, Signature{s.SignatureKey, s.SubgraphIndex, named(s.Inputs), named(s.Outputs)})
	}
	return out
}

// kinds counts operators, the most frequent first.
func kinds(m *tflite.ModelT) []Kind {
	counts := make([]int, len(m.OperatorCodes))
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			counts[op.OpcodeIndex]++
		}
	}
	out := []Kind{}
	for i, c := range m.OperatorCodes {
		code := tflite.BuiltinCode(c)
		k := Kind{Operator: OperatorName(c), Version: c.Version, Count: counts[i]}
		if k.Custom = code == tflite.BuiltinOperatorCUSTOM; !k.Custom {
			k.Since = release.Of(code, c.Version)
		}
		out = append(out, k)
	}
	slices.SortStableFunc(out, func(a, b Kind) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Operator, b.Operator)) })
	return out
}

// users counts the tensors that have each buffer.
func users(m *tflite.ModelT) []int {
	out := make([]int, len(m.Buffers))
	for _, sg := range m.Subgraphs {
		for _, t := range sg.Tensors {
			out[t.Buffer]++
		}
	}
	return out
}

func buffers(m *tflite.ModelT) Buffers {
	b := Buffers{Count: len(m.Buffers)}
	for i, n := range users(m) {
		switch {
		case len(m.Buffers[i].Data) == 0:
			b.Empty++
		case n > 1:
			b.Shared++
		}
	}
	return b
}

// shortText is the longest text of metadata that is given, in bytes.
const shortText = 100

func metadata(m *tflite.ModelT) []Metadata {
	out := []Metadata{}
	for _, d := range m.Metadata {
		data := tflite.BufferData(m, d.Buffer)
		row := Metadata{Name: d.Name, Bytes: len(data)}
		if s := strings.TrimRight(string(data[:min(len(data), shortText)]), "\x00"); len(data) <= shortText && isText(s) {
			row.Text = s
		}
		out = append(out, row)
	}
	return out
}

func isText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == '\ufffd' })
}

func hasSparse(m *tflite.ModelT) bool {
	for _, sg := range m.Subgraphs {
		if slices.ContainsFunc(sg.Tensors, func(t *tflite.TensorT) bool { return t.Sparsity != nil }) {
			return true
		}
	}
	return false
}

// space divides the bytes of a file among what they are for.
func space(m *tflite.ModelT, f *File) []Space {
	var out []Space
	add := func(what string, count int, bytes int64) {
		i := slices.IndexFunc(out, func(s Space) bool { return s.What == what })
		if i < 0 {
			i, out = len(out), append(out, Space{What: what})
		}
		out[i].Count += count
		out[i].Bytes += bytes
	}
	counted := make([]bool, len(m.Buffers))
	rest := f.ModelBytes
	take := func(buffer uint32) int64 {
		if int64(buffer) >= int64(len(counted)) || counted[buffer] {
			return 0
		}
		counted[buffer] = true
		n := int64(len(m.Buffers[buffer].Data))
		rest -= n
		return n
	}
	for _, sg := range m.Subgraphs {
		for _, t := range sg.Tensors {
			if len(m.Buffers[t.Buffer].Data) > 0 {
				add(t.Type.String()+" constants", 1, take(t.Buffer))
			}
		}
	}
	for _, d := range m.Metadata {
		add("metadata", 1, take(d.Buffer))
	}
	for i := range m.Buffers {
		if n := take(uint32(i)); n > 0 {
			add("data that nothing uses", 1, n)
		}
	}
	if rest > 0 {
		what := "operators, shapes, names, scales"
		if hasSparse(m) {
			what += ", places of sparse values"
		}
		add(what, 1, rest)
	}
	if f.AppendedBytes > 0 {
		add("after the model", 1, f.AppendedBytes)
	}
	slices.SortStableFunc(out, func(a, b Space) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return out
}

// Counted is the number of subgraphs, operators and tensors.
func (i *Inspection) Counted() string {
	operators, tensors := 0, 0
	for k := range i.Subgraphs {
		operators += i.Subgraphs[k].Operators
		tensors += len(i.Subgraphs[k].Tensors)
	}
	return strings.Join([]string{
		text.Count(len(i.Subgraphs), "subgraph", "subgraphs"), text.Count(operators, "operator", "operators"),
		text.Count(tensors, "tensor", "tensors"), text.Count(i.Buffers.Count, "buffer", "buffers"),
	}, ", ")
}

// Lines say where the model is from, what of it is quantized and what it needs.
func (i *Inspection) Lines() []string {
	var lines []string
	if i.Description != "" {
		lines = append(lines, fmt.Sprintf("description %q", text.Cut(i.Description, MaxName)))
	}
	if c := i.Conversion; c != nil {
		line := "converted by TensorFlow " + text.Cut(c.TensorFlow, maxOperator)
		if c.From != "" {
			line += ", from " + c.From
		}
		lines = append(lines, line)
	}
	lines = append(lines, i.Quantization.InWords())
	if q := &i.Quantization; q.By != "" {
		lines = append(lines, fmt.Sprintf("looks like the work of %s: %s", q.By, q.Evidence))
	}
	if n := &i.NeedsTensorFlow; n.Release != "" {
		line := "needs TensorFlow Lite " + release.Short(n.Release)
		if len(n.Unknown) > 0 {
			line += " or newer, for " + shortList(n.Unknown, sentenceOperators)
		}
		if i.Declared != "" && release.Compare(i.Declared, n.Release) < 0 {
			line += "; its metadata say " + release.Short(text.Cut(i.Declared, maxOperator))
		}
		lines = append(lines, line)
	}
	return lines
}
