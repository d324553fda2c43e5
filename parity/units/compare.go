package units

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Result is how the units of two files compare.
type Result struct {
	Equal int
	// Missing are units of ours that are not upstream's, Extra those of upstream that
	// are not ours, and Versions kinds of operators with another version.
	Missing, Extra []Unit
	Versions       []string
	// Types are outputs of our file's subgraphs whose type is not the source's.
	Types []string
	// Carried counts units of upstream of constants that the source has so, States those
	// of variable tensors, which upstream takes for constants of zeros with float16: the
	// operator loses its state.
	Carried, States int

	// Source is the float file, Ours and Upstream are the quantized ones, where files
	// were compared.
	Source, Ours, Upstream []byte
}

// Good reports whether all units are equal, none is missing and none extra.
func (r *Result) Good() bool { return len(r.Missing)+len(r.Extra)+len(r.Versions)+len(r.Types) == 0 }

func (r *Result) String() string {
	s := fmt.Sprintf("%d equal, %d missing, %d extra", r.Equal, len(r.Missing), len(r.Extra))
	for i := range r.Missing {
		s += "\nmissing: " + r.Missing[i].String()
	}
	for i := range r.Extra {
		s += "\nextra:   " + r.Extra[i].String()
	}
	for _, v := range r.Versions {
		s += "\nversion: " + v
	}
	for _, t := range r.Types {
		s += "\ntype:    " + t
	}
	return s
}

// String has the place and the record of a unit, long ones cut.
func (u *Unit) String() string {
	return fmt.Sprintf("%.30s -> %q, input %d %q: %v%s[%d] scales %.60s zero points %.20s data %x, %s %d, flag %v, versions %v",
		u.Operator, u.Output, u.Input, u.Tensor, u.Type, u.Shape, u.Dimension, u.Scales, u.ZeroPoints, u.Data[:4], u.Route, u.Passed, u.Flag, u.Versions)
}

// Compare compares the units of our file of a model with those of upstream's. Units of
// constants that the source has quantized are left out.
func Compare(source, ours, upstream *tflite.ModelT) Result {
	var r Result
	mine, theirs := notOf(source, ours), notOf(source, upstream)
	r.Carried = len(Of(upstream)) - len(theirs)
	r.versions(source, mine, theirs)
	r.types(source, ours)
	for _, same := range []func(a, b *Unit) bool{
		func(a, b *Unit) bool { return a.Output == b.Output },
		func(a, b *Unit) bool { return a.Tensor == b.Tensor },
		func(a, b *Unit) bool { return true },
	} {
		mine, theirs = r.match(mine, theirs, same)
	}
	r.Missing, r.Extra = mine, r.withoutStates(theirs)
	return r
}

// states are the inputs of operators that are their state.
var states = map[string][]int{
	"SVDF":                         {4},
	"UNIDIRECTIONAL_SEQUENCE_RNN":  {4},
	"LSTM":                         {18, 19},
	"UNIDIRECTIONAL_SEQUENCE_LSTM": {18, 19},
	"BIDIRECTIONAL_SEQUENCE_LSTM":  {35, 36, 37, 38},
}

// withoutStates counts units of upstream that are a state.
func (r *Result) withoutStates(theirs []Unit) []Unit {
	left := slices.DeleteFunc(slices.Clone(theirs), func(u Unit) bool {
		return u.Type == tflite.TensorTypeFLOAT16 && slices.Contains(states[u.Operator], u.Input)
	})
	r.States = len(theirs) - len(left)
	return left
}

// constant is the record without what its operator does.
func (u *Unit) constant() Record {
	c := u.Record
	c.Route, c.Passed = "", 0
	return c
}

// notOf are the units of a file of constants that its source does not have so.
func notOf(source, file *tflite.ModelT) []Unit {
	given := map[Record]bool{}
	for _, u := range Of(source) {
		given[u.constant()] = true
	}
	var out []Unit
	for _, u := range Of(file) {
		if !given[u.constant()] {
			out = append(out, u)
		}
	}
	return out
}

// match takes out pairs of units with equal records that are the same by their place.
func (r *Result) match(mine, theirs []Unit, same func(a, b *Unit) bool) (_, _ []Unit) {
	type key struct {
		Record
		flag     bool
		subgraph int
		operator string
		input    int
	}
	keyOf := func(u *Unit) key { return key{u.Record, u.Flag, u.Subgraph, u.Operator, u.Input} }
	by := map[key][]int{}
	for i := range theirs {
		k := keyOf(&theirs[i])
		by[k] = append(by[k], i)
	}
	taken := make([]bool, len(theirs))
	var left []Unit
	for i := range mine {
		found := false
		for _, j := range by[keyOf(&mine[i])] {
			if !taken[j] && same(&mine[i], &theirs[j]) {
				taken[j], found = true, true
				r.Equal++
				break
			}
		}
		if !found {
			left = append(left, mine[i])
		}
	}
	var extra []Unit
	for j := range theirs {
		if !taken[j] {
			extra = append(extra, theirs[j])
		}
	}
	return left, extra
}

// versions compares the highest version of each kind of operator. Upstream works
// all versions out anew; ours are never less than the source's.
func (r *Result) versions(source *tflite.ModelT, mine, theirs []Unit) {
	given, want := versionsOf(source), highest(theirs)
	for name, got := range highest(mine) {
		if w := cmp.Or(want[name], got); got != max(w, given[name]) {
			r.Versions = append(r.Versions, fmt.Sprintf("%s has %d, upstream's %d, the model's %d", name, got, w, given[name]))
		}
	}
}

// types compares the types of the subgraphs' outputs.
func (r *Result) types(source, ours *tflite.ModelT) {
	for i, sg := range source.Subgraphs {
		for j, t := range sg.Outputs {
			mine := ours.Subgraphs[i]
			if want, got := sg.Tensors[t].Type, mine.Tensors[mine.Outputs[j]].Type; got != want {
				r.Types = append(r.Types, fmt.Sprintf("subgraph %d, output %d is %v, the model's is %v", i, j, got, want))
			}
		}
	}
}
