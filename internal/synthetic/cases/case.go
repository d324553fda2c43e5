// Package cases has small models by name, each with the options that it is
// quantized with and the outcome of comparing with upstream.
package cases

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// A Case is a small model and the outcome of quantizing it.
type Case struct {
	Name  string
	Model func() *Model
	// Options to quantize it with, one after the other; Modes where a case names none.
	Options []quantize.Options
	// Outcome of comparing with upstream; Equal where a case names none.
	Outcome outcome.Outcome
	// Error is part of our error; "" where ours makes a file.
	Error string
	// Runs: the TFLite runtime runs the model, and our file of it.
	Runs bool
}

// Harmless reports whether upstream stays within the model's memory: after any
// other case its process may do anything.
func (c *Case) Harmless() bool {
	return c.Outcome == outcome.Equal || c.Outcome == outcome.RefusedByBoth
}

// A Model is a synthetic model with the parts that several cases have.
type Model struct{ *synthetic.Model }

func newModel() *Model { return &Model{synthetic.New()} }

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
	statesOutcome(cases)
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Compare(a.Name, b.Name) })
	return cases
}

// statesOutcome makes Equal the outcome of cases that name none.
func statesOutcome(cases []Case) {
	for i := range cases {
		if cases[i].Outcome == outcome.Different { // no case is there to differ
			cases[i].Outcome = outcome.Equal
		}
	}
}

// Nets returns the networks of usual architectures as cases.
func Nets() []Case {
	var nets []Case
	for _, n := range synthetic.Nets() {
		nets = append(nets, Case{
			Name:    n.Name,
			Model:   func() *Model { return &Model{n.Model()} },
			Options: []quantize.Options{{}, {Scheme: quantize.Legacy}, {NoHybrid: true}, {BufferType: quantize.Float16}},
			Runs:    true,
		})
	}
	statesOutcome(nets)
	return nets
}

// int8Modes are the Modes that make int8.
func int8Modes() []quantize.Options {
	return slices.DeleteFunc(Modes(), func(o quantize.Options) bool { return o.BufferType != quantize.Int8 })
}

// otherwise splits a case in two: under the options for which f is true it has
// the outcome and error stated here, under the others its own.
func (c Case) otherwise(o outcome.Outcome, error string, f func(quantize.Options) bool) []Case {
	if c.Options == nil {
		c.Options = Modes()
	}
	odd := c
	odd.Name, odd.Outcome, odd.Error = c.Name+"/"+o.String(), o, error
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

// Describe says options in the words of the command quantize.
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
