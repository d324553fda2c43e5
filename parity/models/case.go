package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

// An Ending is what upstream does with a model.
type Ending uint8

// The endings.
const (
	Same      Ending = iota // it makes a file, and so do we: the same
	Refused                 // it returns an error, and so do we
	Crashed                 // its process ends
	Undefined               // it reads memory that it should not: what it makes means nothing
	Tolerated               // it makes a file of a model that we refuse
	Lossy                   // it makes a file that lacks what the model had, we keep it
)

var endingNames = [...]string{"the same file", "refused by both", "upstream crashes", "upstream's bytes are undefined",
	"upstream makes a file, ours refuses", "upstream's file lacks data, ours has them"}

func (e Ending) String() string { return endingNames[e] }

// A Case is a small model and what quantizing it comes to.
type Case struct {
	Name  string
	Model func() *Model
	// Options to quantize it with, one after the other; Modes unless it says otherwise.
	Options  []quantize.Options
	Upstream Ending
	// Error is part of our error; "" where ours makes a file.
	Error string
	// Runs: the TFLite runtime runs the model, and what we make of it.
	Runs bool
}

// Cases returns all cases, by name. Their names are unique.
func Cases() []Case {
	cases := slices.Concat(
		operatorCases(), sharedCases(), outputCases(), lookupCases(), subgraphCases(),
		codeCases(), parameterCases(), valueCases(), largeCases(), fieldCases(), customCases(),
		refusedCases(), undefinedCases(),
	)
	for i := range cases {
		if cases[i].Options == nil {
			cases[i].Options = Modes()
		}
	}
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Compare(a.Name, b.Name) })
	return cases
}

// int8Modes are the Modes that make int8.
func int8Modes() []quantize.Options {
	return slices.DeleteFunc(Modes(), func(o quantize.Options) bool { return o.BufferType != quantize.Int8 })
}

// otherwise splits a case in two: under the options for which f is true it ends
// as stated here, under the others as it says itself.
func (c Case) otherwise(ending Ending, error string, f func(quantize.Options) bool) []Case {
	if c.Options == nil {
		c.Options = Modes()
	}
	odd := c
	odd.Name, odd.Upstream, odd.Error = c.Name+"/"+ending.word(), ending, error
	odd.Options = nil
	rest := c
	rest.Options = nil
	for _, o := range c.Options {
		if f(o) {
			odd.Options = append(odd.Options, o)
		} else {
			rest.Options = append(rest.Options, o)
		}
	}
	return slices.DeleteFunc([]Case{rest, odd}, func(c Case) bool { return len(c.Options) == 0 })
}

func (e Ending) word() string {
	return [...]string{"same", "refused", "crashed", "undefined", "tolerated", "lossy"}[e]
}

// quantizes reports whether options quantize weights of n elements to int8.
func quantizes(o quantize.Options, n int) bool {
	least := o.MinElements
	if least == 0 {
		least = quantize.DefaultMinElements
	}
	return o.BufferType == quantize.Int8 && uint64(n) >= least
}

// updated reports whether options quantize weights of n elements to int8 under the updated scheme.
func updated(n int) func(quantize.Options) bool {
	return func(o quantize.Options) bool { return quantizes(o, n) && o.Scheme == quantize.Updated }
}

// Describe says options in the command's words.
func Describe(o quantize.Options) string {
	words := []string{o.BufferType.String(), o.Scheme.String()}
	if o.MinElements != 0 {
		words = append(words, fmt.Sprintf("min-elements=%d", o.MinElements))
	}
	if o.NoHybrid {
		words = append(words, "no-hybrid")
	}
	for _, op := range o.OpDenylist {
		words = append(words, "deny-op="+op.String())
	}
	for name, c := range o.CustomOps {
		words = append(words, fmt.Sprintf("custom-op=%s=%v,%v", name, c.Inputs, c.Hybrid))
	}
	slices.Sort(words[2:])
	return strings.Join(words, " ")
}
