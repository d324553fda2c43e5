package options

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mixed"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// Strict is Options of which each must have an effect: a rule, a denied operator or
// a custom operator that the model has nothing of is an *Error.
type Strict struct {
	quantize.Options
	// Given are those that must have one, nil for Options: others may be there for models
	// of all kinds.
	Given *quantize.Options
}

func (s Strict) given() quantize.Options {
	if s.Given != nil {
		return *s.Given
	}
	return s.Options
}

// Plan implements quantize.Quantizer.
func (s Strict) Plan(m *tflite.ModelT) (*quantize.Plan, error) {
	return strictPlan(m, s.Options, s.given())
}

// strictMLIR is Strict for another quantizer, with the options that it was made of.
type strictMLIR struct {
	mlir.Options
	given quantize.Options
}

// Plan implements quantize.Quantizer.
func (s strictMLIR) Plan(m *tflite.ModelT) (*quantize.Plan, error) {
	return strictPlan(m, s.Options, s.given)
}

// strictLiteRT is Strict for recipes of LiteRT, with the options that it was made of.
type strictLiteRT struct {
	litert.Options
	given quantize.Options
}

// Plan implements quantize.Quantizer.
func (s strictLiteRT) Plan(m *tflite.ModelT) (*quantize.Plan, error) {
	return strictPlan(m, s.Options, s.given)
}

// strictMixed is strictLiteRT with a bound for the bits of constants.
type strictMixed struct {
	mixed.Options
	given quantize.Options
}

// Plan implements quantize.Quantizer.
func (s strictMixed) Plan(m *tflite.ModelT) (*quantize.Plan, error) {
	p, err := strictPlan(m, s.Options, s.given)
	var budget *mixed.BudgetError
	if errors.As(err, &budget) {
		return nil, errorf("--"+budgetFlag, "%v", budget)
	}
	return p, err
}

// strict makes options that are given have an effect.
func strict(q quantize.Quantizer, given quantize.Options) quantize.Quantizer {
	switch o := q.(type) {
	case quantize.Options:
		return Strict{o, &given}
	case mlir.Options:
		return strictMLIR{o, given}
	case litert.Options:
		return strictLiteRT{o, given}
	case mixed.Options:
		return strictMixed{o, given}
	}
	return q
}

// strictPlan returns the plan of a quantizer whose options mean the same as o.
func strictPlan(m *tflite.ModelT, q quantize.Quantizer, o quantize.Options) (*quantize.Plan, error) {
	p, err := q.Plan(m)
	if err != nil {
		return nil, err
	}
	for _, i := range p.UnmatchedRules {
		if !o.Rules[i].MatchesAll() {
			return nil, unmatchedRule(m, o.Rules[i])
		}
	}
	builtin, custom := operatorsOf(m)
	for _, op := range o.OpDenylist {
		if !slices.Contains(builtin, op.String()) {
			return nil, errorf("--"+floatOpFlag+" or --"+denyOpFlag, "no operator %v in the model%s", op, suggestion(op.String(), builtin))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.CustomOps)) {
		if !slices.Contains(custom, name) {
			return nil, errorf("--"+customOpFlag, "no custom operator %q in the model%s", name, suggestion(name, custom))
		}
	}
	return p, nil
}

// operatorsOf returns the names of the operators that a model uses.
func operatorsOf(m *tflite.ModelT) (builtin, custom []string) {
	used := make([]bool, len(m.OperatorCodes))
	for _, sg := range m.Subgraphs {
		for _, op := range sg.Operators {
			used[op.OpcodeIndex] = true
		}
	}
	for i, c := range m.OperatorCodes {
		switch {
		case !used[i]:
		case tflite.BuiltinCode(c) == tflite.BuiltinOperatorCUSTOM:
			custom = append(custom, c.CustomCode)
		default:
			builtin = append(builtin, tflite.OperatorName(c))
		}
	}
	return builtin, custom
}

// unmatchedRule is the error of a rule without a match. Its operator is looked at
// first: an operator that the model lacks explains everything.
func unmatchedRule(m *tflite.ModelT, r rule.Rule) error {
	builtin, custom := operatorsOf(m)
	operators := append(builtin, custom...)
	near := ""
	switch {
	case r.Index != "" || r.Elements != "":
	case r.Tensor == "":
		near = suggestion(r.Operator, operators)
	default:
		near = suggestion(r.Tensor, constantsOf(m))
	}
	what := "constant"
	if r.Tensor != "" {
		what += fmt.Sprintf(" %q", r.Tensor)
	}
	if r.Index != "" {
		what += " with the index " + r.Index
	}
	if r.Elements != "" {
		what += fmt.Sprintf(" of %s elements", r.Elements)
	}
	if r.Operator != "" {
		what += " of an operator " + r.Operator
	}
	return errorf("--"+keepFlag+", --"+onlyFlag+" or --"+ruleFlag, "no %s in the model%s", what, near)
}

// constantsOf are the names of those that rules can match.
func constantsOf(m *tflite.ModelT) []string {
	var names []string
	for _, sg := range m.Subgraphs {
		for _, t := range sg.Tensors {
			if t.Type == tflite.TensorTypeFLOAT32 && len(m.Buffers[t.Buffer].Data) > 0 {
				names = append(names, t.Name)
			}
		}
	}
	return names
}

// How many candidates a suggestion looks at and shows, and their length in characters.
const (
	namesCompared = 10000
	namesShown    = 3
	nameShown     = 60
)

// suggestion names the candidates that the word looks like most.
func suggestion(word string, candidates []string) string {
	candidates = candidates[:min(len(candidates), namesCompared)]
	far := map[string]int{}
	for _, c := range candidates {
		far[c] = text.Unlikeness(word, c)
	}
	near := slices.SortedFunc(maps.Keys(far), func(a, b string) int { return cmp.Or(far[a]-far[b], strings.Compare(a, b)) })
	var shown []string
	for _, c := range near[:min(len(near), namesShown)] {
		shown = append(shown, text.Name(c, nameShown))
	}
	switch {
	case len(near) == 0:
		return ""
	case len(near) <= namesShown:
		return ", which has " + strings.Join(shown, ", ")
	}
	return ", the nearest are " + strings.Join(shown, ", ")
}
