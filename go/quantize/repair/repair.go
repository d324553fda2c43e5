// Package repair has the cases in which the file of TensorFlow's Quantize Weights does
// not load, computes garbage or lacks a part, and what is done instead.
//
// Each repair is a file of this folder. A quantizer asks a Set of them which
// constants must stay as they are, and has it mend the plan at the end. Without
// repairs, a plan gives the bytes of upstream.
package repair

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
)

// A Repair mends one way in which a file would be broken. It has one of the
// functions, or is for whoever reads and writes files, who asks for it with Has.
type Repair struct {
	Name    string `json:"name"`    // one or two words with a dash, such as sparse-weights
	Applies string `json:"applies"` // when, as the rest of a sentence that begins with "where"
	Breaks  string `json:"breaks"`  // what upstream's file does then
	Does    string `json:"does"`    // what the repaired file has instead

	// keep says why a constant must stay as it is, "" where it need not.
	keep func(c *candidate) string
	// check is keep by the statistics of a constant's values.
	check func(f encode.Format, s Stats) string
	// mend changes a plan before its buffers are assigned.
	mend func(p *plan.Plan) []plan.Repaired
}

// All lists the repairs, in the order in which they are asked.
func All() []Repair { return slices.Clone(all) }

var all = []Repair{
	sparseWeights,
	graphInputs,
	notFinite,
	float16Range,
	float16Bias,
	operatorVersions,
	graphOutputs,
	signatures,
	appendedFiles,
	emptyFields,
	float16Weights,
}

// A Set is some of the repairs. The zero value has none.
type Set uint32

// Every returns the set of all repairs.
func Every() Set { return 1<<len(all) - 1 }

// Has reports whether the set has the repair of that name.
func (s Set) Has(name string) bool {
	i := index(name)
	return i >= 0 && s&(1<<i) != 0
}

// Without returns the set without the repair of that name. ok is false where there
// is no such repair.
func (s Set) Without(name string) (_ Set, ok bool) {
	i := index(name)
	if i < 0 {
		return s, false
	}
	return s &^ (1 << i), true
}

// Only returns the part of the set that has no other repair than the named one.
func (s Set) Only(name string) Set {
	if i := index(name); i >= 0 {
		return s & (1 << i)
	}
	return 0
}

// inherent are repairs of what Quantize Weights alone does wrong.
var inherent = []string{"graph-inputs", "graph-outputs", "signatures", "operator-versions", "sparse-weights"}

// WithoutInherent returns the set without what quantizers do right in any case that
// decide about each reader of a constant by itself.
func (s Set) WithoutInherent() Set {
	for _, name := range inherent {
		s, _ = s.Without(name)
	}
	return s
}

// Names returns the names of the repairs in the set.
func (s Set) Names() []string {
	names := []string{}
	for i := range all {
		if s&(1<<i) != 0 {
			names = append(names, all[i].Name)
		}
	}
	return names
}

func index(name string) int {
	return slices.IndexFunc(all, func(r Repair) bool { return r.Name == name })
}

// Keep returns the first repair for which a constant that is to get a format must stay
// as it is, and why; ok is false where none says so. Values of constants of up to
// SmallValues are looked at, those of larger ones are for Check.
func (s Set) Keep(g *Subgraph, tensor int32, f encode.Format) (r plan.Repaired, ok bool) {
	if s == 0 {
		return r, false
	}
	c := &candidate{Subgraph: g, tensor: tensor, format: f}
	var stats *Stats
	for i := range all {
		if s&(1<<i) == 0 {
			continue
		}
		why := ""
		if all[i].keep != nil {
			why = all[i].keep(c)
		}
		if all[i].check != nil && why == "" && c.small() {
			if stats == nil {
				source := c.source()
				stats = statsOf(source.Widen(nil, source.Data))
			}
			why = all[i].check(f, *stats)
		}
		if why != "" {
			return plan.Repaired{Name: all[i].Name, Subgraph: int32(g.index), Tensor: tensor, What: why}, true
		}
	}
	return r, false
}

// Check returns the first repair for which a constant with such values cannot have
// the format, and why; ok is false where none says so.
func (s Set) Check(f encode.Format, stats Stats) (name, why string, ok bool) {
	for i := range all {
		if s&(1<<i) == 0 || all[i].check == nil {
			continue
		}
		if why := all[i].check(f, stats); why != "" {
			return all[i].Name, why, true
		}
	}
	return "", "", false
}

// ChecksValues reports whether the set has a repair that looks at values.
func (s Set) ChecksValues() bool {
	for i := range all {
		if s&(1<<i) != 0 && all[i].check != nil {
			return true
		}
	}
	return false
}

// Mend changes a plan whose subgraphs are planned, before it is finished, and notes
// in it which places were mended.
func (s Set) Mend(p *plan.Plan) {
	for i := range all {
		if s&(1<<i) != 0 && all[i].mend != nil {
			for _, r := range all[i].mend(p) {
				r.Name = all[i].Name
				p.Repaired = append(p.Repaired, r)
			}
		}
	}
}

func mended(subgraph, tensor int32, form string, args ...any) plan.Repaired {
	return plan.Repaired{Subgraph: subgraph, Tensor: tensor, What: fmt.Sprintf(form, args...)}
}

// maxName is the width, in characters, of a name in the words about a place: many
// places may have the same long one.
const maxName = 40
