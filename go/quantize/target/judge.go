package target

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
)

// An Answer says whether a runtime runs a file.
type Answer string

// The answers. They are about what quantization changes: a model that a runtime does not
// run before, it does not run after.
const (
	Yes     Answer = "yes"
	Slowly  Answer = "slow"    // right, and slower than the float model in some operators
	No      Answer = "no"      // refused, crashed or wrong
	Unknown Answer = "unknown" // not measured
)

// A Verdict is what a runtime makes of a file.
type Verdict struct {
	Runtime string
	Answer  Answer
	Reasons []Reason // of the Answer; none for Yes
}

// A Reason is operators of one kind that a runtime does not run as it should.
type Reason struct {
	Runtime  string
	Kind     Kind
	Outcome  Outcome // "" where it is not measured
	Ratio    float64 // where they are slow
	Count    int     // of operators
	Subgraph int     // of the first one
	Reader   int32   // the first one's number there; -1 for a reason about the whole file
	Float    bool    // with float32 weights, the runtime has the same Outcome
	Words    string  // the end of a sentence about the runtime
}

// kindUses are the operators of a kind, and what was measured of them.
type kindUses struct {
	kind  Kind
	count int
	first Use
	last  place  // that was counted
	cells []Cell // of each runtime; nil where the kind was not measured
	float []Cell // of each runtime with float32 weights; nil where these were not measured
}

// A place is that of an operator.
type place struct {
	subgraph int
	reader   int32
}

// byKind counts the operators of each kind, in order of their first one.
func byKind(uses []Use) []kindUses {
	var out []kindUses
	for _, u := range uses {
		at := place{u.Subgraph, u.Reader}
		i := slices.IndexFunc(out, func(k kindUses) bool { return k.kind == u.Kind })
		if i < 0 {
			row, _ := Of(u.Kind)
			float, _ := Of(Kind{u.Operator, Float32, Direct})
			out = append(out, kindUses{u.Kind, 1, u, at, row.Cells, float.Cells})
		} else if k := &out[i]; k.last != at {
			k.count, k.last = k.count+1, at
		}
	}
	return out
}

// Judge says of each runtime of the table whether it runs what a plan makes, from the
// formats of weights and the versions of operators. uses are those of the plan, before and
// after its Needs.
func Judge(uses []Use, before, after release.Need) []Verdict {
	kinds := byKind(uses)
	var out []Verdict
	for i, r := range Runtimes() {
		v := Verdict{Runtime: r, Answer: Yes}
		if reason, ok := outdated(r, before, after); ok {
			v.add(No, reason)
		}
		for _, k := range kinds {
			v.addKind(k, i)
		}
		out = append(out, v)
	}
	return out
}

// outdated reports that a runtime lacks versions of operators.
func outdated(runtime string, before, after release.Need) (r Reason, ok bool) {
	has := releaseOf(runtime)
	if !isNewer(after.Release, has) {
		return r, false
	}
	words := fmt.Sprintf("lacks versions of operators: the file needs TensorFlow Lite %s", release.Short(after.Release))
	if isNewer(before.Release, has) {
		words = fmt.Sprintf("lacks versions of operators that the model itself has: it needs TensorFlow Lite %s", release.Short(before.Release))
	}
	return Reason{Runtime: runtime, Outcome: Refused, Reader: -1, Words: words}, true
}

// addKind adds what the runtime makes of a kind. i is the runtime's index.
func (v *Verdict) addKind(k kindUses, i int) {
	r := Reason{Runtime: v.Runtime, Kind: k.kind, Count: k.count, Subgraph: k.first.Subgraph, Reader: k.first.Reader}
	if k.cells == nil {
		r.Words = "was not measured with " + k.words()
		v.add(Unknown, r)
		return
	}
	c := k.cells[i]
	r.Outcome = c.Outcome
	switch {
	case k.float != nil && k.float[i].Outcome == Refused:
		r.Float = true
		r.Words = fmt.Sprintf("has no %v of this kind, also in float32", k.kind.Operator)
		v.add(No, r)
	case c.Outcome != Right:
		r.Words = verbs[c.Outcome] + " " + k.words()
		v.add(No, r)
	case isSlow(k.kind, c):
		r.Ratio = c.Ratio
		r.Words = fmt.Sprintf("takes %.1f times as long as with float32 for %s", c.Ratio, k.words())
		v.add(Slowly, r)
	}
}

// Remedy returns a target that may make a file which runs, nil where none does. It is for
// runtimes that most files do not run in.
func (v *Verdict) Remedy() *Target {
	if v.Answer != No || v.Runtime != micro || slices.ContainsFunc(v.Reasons, func(r Reason) bool { return r.Float }) {
		return nil
	}
	return Named("tflm")
}

// words names operators and their weights, such as "17 DEPTHWISE_CONV_2D with int8 per
// channel weights".
func (k kindUses) words() string {
	name := k.kind.Operator.String()
	if k.count > 1 {
		name = fmt.Sprintf("%d %s", k.count, name)
	}
	format := k.kind.Format
	if k.kind.Route == Dequantized {
		format = "dequantized " + format
	}
	return fmt.Sprintf("%s with %s weights", name, format)
}

var verbs = map[Outcome]string{Refused: "refuses", Crashed: "crashes in", Wrong: "computes wrong values in"}

// severity orders answers: the worst one is a file's.
var severity = []Answer{Yes, Unknown, Slowly, No}

func (v *Verdict) add(a Answer, r Reason) {
	switch d := cmp.Compare(slices.Index(severity, a), slices.Index(severity, v.Answer)); {
	case d > 0:
		v.Answer, v.Reasons = a, []Reason{r}
	case d == 0:
		v.Reasons = append(v.Reasons, r)
	}
}

// isLookup reports whether an operator takes rows of its table.
func isLookup(op tflite.BuiltinOperator) bool {
	return op == tflite.BuiltinOperatorEMBEDDING_LOOKUP || op == tflite.BuiltinOperatorGATHER
}
