// Package report says what quantization does to a model, as data that programs and
// people's reports are made from. Fields have the names of the JSON output.
package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// Version is that of the JSON output: it grows when a field goes or means something
// else, not when one is added.
const Version = 1

// A Report is what was done from file to file.
type Report struct {
	Version int  `json:"version"` // see Version
	Input   File `json:"input"`   // the model's file
	Output  File `json:"output"`  // the file that was written
	// Member is the model's name in the bundle that Input and Output are the paths of.
	Member string `json:"member,omitempty"`
	// Unchanged says why the output is the model as it was, where it is.
	Unchanged string `json:"unchanged,omitempty"`
	// AppendedFiles are the names in the zip after the model, where there is one.
	AppendedFiles []string `json:"appended_files,omitempty"`
	Summary
	Like    *Like   `json:"like,omitempty"` // where a file to compare with was given
	Seconds Seconds `json:"seconds"`        // what each step took
}

// A Bundle is what was done from bundle to bundle.
type Bundle struct {
	Version int       `json:"version"`
	Input   File      `json:"input"`
	Output  File      `json:"output"`
	Models  []*Report `json:"models"`
}

// A File is one that was read or written.
type File struct {
	Path  string `json:"path"`  // as it was given, "" for none
	Bytes int64  `json:"bytes"` // of all parts
	// ModelBytes are those of the model, with weights after its FlatBuffer.
	ModelBytes int64 `json:"model_bytes"`
	// AppendedBytes are those after the model, such as a zip with labels.
	AppendedBytes int64 `json:"appended_bytes"`
}

// Like is how the output compares to another file.
type Like struct {
	Path  string `json:"path"`  // of the other file
	Equal bool   `json:"equal"` // byte for byte
	// First is the first byte that differs; where one file goes on, the length of
	// the other.
	First int `json:"-"`
	// Difference is the first one, by its path in the schema; "" for equal files.
	Difference string `json:"difference,omitempty"`
}

// Seconds are the times of the steps.
type Seconds struct {
	Convert float64 `json:"convert,omitempty"` // making the model, where it was made of another
	Read    float64 `json:"read"`              // with verifying
	Plan    float64 `json:"plan"`              // deciding what happens
	Write   float64 `json:"write"`             // quantizing and getting the file to the disk
}

// Total is the time of all steps.
func (s *Seconds) Total() float64 { return s.Convert + s.Read + s.Plan + s.Write }

// MaxName is the number of characters of a name where it stands beside each of many
// things, such as the custom code of an operator: longer ones lack their middle. A
// model of a few kilobytes would have a report of megabytes otherwise.
const MaxName = 100

// OperatorName is the operator's name in the schema, such as CONV_2D, or the custom
// code, of MaxName characters at most.
func OperatorName(c *tflite.OperatorCodeT) string { return name(tflite.OperatorName(c)) }

func codeNames(m *tflite.ModelT) []string {
	names := make([]string, len(m.OperatorCodes))
	for i, c := range m.OperatorCodes {
		names[i] = OperatorName(c)
	}
	return names
}

// name is a copy of a name, of MaxName characters at most: a report may outlive a
// model whose file is mapped.
func name(s string) string { return strings.Clone(text.Cut(s, MaxName)) }

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
	NeedsTensorFlow     Needs           `json:"needs_tensorflow"`     // before and after
	CopiedConstants     []Copied        `json:"copied_constants"`     // constants whose old data stay as well
	UpstreamUndefined   []string        `json:"upstream_undefined"`   // as plan.Plan.Undefined
	Repairs             []Repair        `json:"repairs"`              // that were made
	RunsOn              []Runs          `json:"runs_on"`              // a runtime each, as measured
	Warnings            []Warning       `json:"warnings"`             // of runtimes that compute the output wrongly or slowly

	judged judgement
}

// Needs are the TensorFlow releases that first had all operators of the model in their
// versions, "" where none is known.
type Needs struct {
	Before string `json:"before"` // of the model
	After  string `json:"after"`  // of the output
	// Operators are the versions of operators that need After, such as "CONV_2D 5".
	Operators []string `json:"operators,omitempty"`
	// Unknown has operators of the output whose versions no known release has, such
	// as "CONV_2D 99".
	Unknown []string `json:"unknown,omitempty"`
	// Declared is what the output's metadata state, "" where they state nothing.
	Declared string `json:"declared,omitempty"`
	// Runtime is the runtime that the file is for, where its operators' versions do not
	// tell it; "" where they do.
	Runtime string `json:"runtime,omitempty"`
}

// Outdated reports whether the output's metadata state an older release than it needs.
func (n *Needs) Outdated() bool {
	return n.Declared != "" && release.Compare(n.Declared, n.After) < 0
}

func needs(p *plan.Plan, before, after release.Need) Needs {
	n := Needs{Before: before.Release, After: after.Release, Operators: after.Operators, Unknown: after.Unknown, Declared: release.Declared(p.Model), Runtime: p.Runtime}
	for _, e := range p.Metadata {
		if int(e.Entry) == len(p.Model.Metadata) || int(e.Entry) == release.Entry(p.Model) {
			n.Declared = after.Release
		}
	}
	return n
}

// Computed is how many operators of a kind compute in the same way.
type Computed struct {
	Operator string `json:"operator"` // see OperatorName
	Computes string `json:"computes"` // such as "hybrid", see plan.Compute
	Count    int    `json:"count"`    // of such operators
}

// A VersionChange is that of an operator code.
type VersionChange struct {
	Operator string `json:"operator"` // see OperatorName
	From     int32  `json:"from"`     // the version in the model
	To       int32  `json:"to"`       // the version in the output
}

// Copied is a constant whose new data do not replace the old ones, because something
// else needs these as they are or in another format.
type Copied struct {
	Subgraph int32  `json:"subgraph"` // its index
	Tensor   int32  `json:"tensor"`   // its index in the subgraph
	Name     string `json:"name"`     // of MaxName characters at most
	Bytes    int    `json:"bytes"`    // of the copy
}

// A Repair is what was mended, by one repair, of what upstream's file breaks.
type Repair struct {
	Name   string  `json:"name"`   // see package repair
	Places []Place `json:"places"` // at least one

	keeps bool // a constant stays as it is
}

// A Place is one of those that were repaired.
type Place struct {
	Subgraph int32  `json:"subgraph"`              // -1 where none is meant
	Tensor   int32  `json:"tensor"`                // -1 where none is meant
	Name     string `json:"tensor_name,omitempty"` // of MaxName characters at most
	What     string `json:"what"`                  // the rest of a sentence about the place
}

func repairs(p *plan.Plan) []Repair {
	out := []Repair{}
	for k, r := range p.Repaired {
		place := Place{r.Subgraph, r.Tensor, "", r.What}
		if r.Tensor >= 0 {
			place.Name = name(p.Model.Subgraphs[r.Subgraph].Tensors[r.Tensor].Name)
		}
		i := slices.IndexFunc(out, func(known Repair) bool { return known.Name == r.Name })
		if i < 0 {
			i, out = len(out), append(out, Repair{Name: r.Name})
		}
		out[i].Places = append(out[i].Places, place)
		out[i].keeps = out[i].keeps || r.Tensor >= 0 && p.Subgraphs[r.Subgraph].Tensors[r.Tensor].Repair == int32(k)
	}
	return out
}

// Summarize counts what a plan does to its model. The result has copies of the
// model's names: it may outlive a model whose file is mapped.
func Summarize(p *plan.Plan) Summary {
	before, after := p.Needs()
	judged := judge(p, before, after)
	s := Summary{
		Type:              p.Label,
		MinElements:       p.MinElements,
		Groups:            groups(p),
		Operators:         computed(p),
		OperatorVersions:  []VersionChange{},
		NeedsTensorFlow:   needs(p, before, after),
		CopiedConstants:   []Copied{},
		UpstreamUndefined: append([]string{}, p.Undefined...),
		Repairs:           repairs(p),
		RunsOn:            judged.runs(p.Runtime == ""),
		Warnings:          []Warning{},
		judged:            judged,
	}
	for i := range p.Subgraphs {
		s.DequantizeOperators += len(p.Subgraphs[i].Dequantize)
	}
	for _, g := range s.Groups {
		if g.rank < rankLookedUp {
			s.Quantized += g.Tensors
		}
	}
	s.explainGroups()
	for i, c := range p.Model.OperatorCodes {
		if c.Version != p.Versions[i] {
			s.OperatorVersions = append(s.OperatorVersions, VersionChange{OperatorName(c), c.Version, p.Versions[i]})
		}
	}
	for _, e := range p.Encoded {
		if e.Copied() {
			s.CopiedConstants = append(s.CopiedConstants, Copied{e.Subgraph, e.Tensor, name(p.Model.Subgraphs[e.Subgraph].Tensors[e.Tensor].Name), e.Encoding.Len()})
		}
	}
	return s
}

// computed counts operators: those that change first, then by number and name.
func computed(p *plan.Plan) []Computed {
	type kind struct {
		compute plan.Compute
		name    string
	}
	names := codeNames(p.Model)
	counts := map[kind]int{}
	for i, sg := range p.Model.Subgraphs {
		for j, c := range p.Computes(i) {
			counts[kind{c, names[sg.Operators[j].OpcodeIndex]}]++
		}
	}
	type counted struct {
		kind
		count int
	}
	var kinds []counted // to look counts up while they are sorted would take most of the time
	for k, n := range counts {
		kinds = append(kinds, counted{k, n})
	}
	slices.SortFunc(kinds, func(a, b counted) int {
		unchanged := func(c plan.Compute) int {
			if c == plan.Unchanged {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(unchanged(a.compute), unchanged(b.compute)), cmp.Compare(a.compute, b.compute), -cmp.Compare(a.count, b.count), cmp.Compare(a.name, b.name))
	})
	out := []Computed{}
	for _, k := range kinds {
		out = append(out, Computed{k.name, k.compute.String(), k.count})
	}
	return out
}
