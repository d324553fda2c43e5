// Package repair mends what TensorFlow's Quantize Weights breaks: files that do not
// load, compute garbage, or have lost a part.
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
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Repair mends one way in which a file would be broken. It has one of the
// functions, or is for whoever reads and writes files, who asks for it with Has.
type Repair struct {
	Name    string // one or two words with a dash, such as sparse-weights
	Applies string // when, as the rest of a sentence that begins with "where"
	Breaks  string // what upstream's file does then
	Does    string // what the repaired file has instead

	// keep says why a constant must stay as it is, "" where it need not.
	keep func(c *Candidate) string
	// check is keep from what is known of a constant's values.
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
	operatorVersions,
	graphOutputs,
	signatures,
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

// A Candidate is a constant that a quantizer wants to encode.
type Candidate struct {
	Plan     *plan.Plan
	Subgraph int
	Tensor   int32
	Format   encode.Format
	Use      plan.Use // the first that reads it
	// GraphInput tells that it is an input of the subgraph as well.
	GraphInput bool
}

func (c *Candidate) tensor() *tflite.TensorT {
	return c.Plan.Model.Subgraphs[c.Subgraph].Tensors[c.Tensor]
}

func (c *Candidate) data() []byte { return c.Plan.Data(c.Subgraph, c.Tensor) }

// Keep returns the first repair for which a constant must stay as it is, and why;
// ok is false where none says so. Values of constants of up to SmallValues are looked
// at, those of larger ones are for Check.
func (s Set) Keep(c *Candidate) (r plan.Repaired, ok bool) {
	if s == 0 {
		return r, false
	}
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
				stats = statsOf(c.data())
			}
			why = all[i].check(c.Format, *stats)
		}
		if why != "" {
			return plan.Repaired{Name: all[i].Name, Subgraph: int32(c.Subgraph), Tensor: c.Tensor, What: why}, true
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
// in it what was mended.
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
