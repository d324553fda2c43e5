package options

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

func targetNames() []string {
	var names []string
	for _, t := range target.Targets() {
		names = append(names, t.Name)
	}
	return names
}

func (s *settings) setTarget(place, name string) error {
	s.target = target.Named(name)
	if s.target != nil {
		return nil
	}
	if near := text.Nearest(name, targetNames()); near != "" {
		return errorf(place, "unknown target %q: did you mean %s?", name, near)
	}
	return errorf(place, "unknown target %q: want %s", name, alternatives(targetNames()))
}

// aimed are the options with what suits the target, where nothing else was asked for.
// Recipes of LiteRT, and float16, stay as they are: whether the target runs them is seen
// when a model is planned.
func (s *settings) aimed() quantize.Options {
	o := s.Options
	if s.target == nil || s.isLiteRT() || s.restores() || o.BufferType != quantize.Int8 {
		return o
	}
	perChannel := target.Kind{Operator: tflite.BuiltinOperatorCONV_2D, Format: target.FormatName(encode.Int8PerChannel{}), Route: target.Dequantized}
	if !s.isSet(schemeFlag) && !s.target.Suits(perChannel) {
		o.Scheme = quantize.Legacy
	}
	if s.isSet(noHybridFlag) {
		return o
	}
	suited, unsuited := s.hybridOperators(o.Scheme)
	if len(suited) == 0 {
		o.NoHybrid = true
	} else {
		o.OpDenylist = append(slices.Clip(o.OpDenylist), unsuited...)
	}
	return o
}

// hybridOperators are those that compute with int8 weights under a scheme, by whether
// that suits the target. TensorFlow's newer quantizer has scales per channel wherever an
// operator can, and more operators.
func (s *settings) hybridOperators(scheme quantize.Scheme) (suited, unsuited []tflite.BuiltinOperator) {
	measured := func(k target.Kind) bool {
		_, ok := target.Of(k)
		return ok
	}
	for _, r := range toco.Operators() {
		if s.other == nil && (r.Hybrid == toco.NeverHybrid || r.Hybrid == toco.UpdatedHybrid && scheme == quantize.Legacy) {
			continue
		}
		k := target.Kind{Operator: r.Operator, Format: target.FormatName(encode.Int8PerChannel{}), Route: target.Direct}
		if scheme == quantize.Legacy || s.other == nil && r.Format == nil || !measured(k) {
			k.Format = target.FormatName(encode.Int8PerTensor{})
		}
		if !measured(k) {
			continue
		}
		if s.target.Suits(k) {
			suited = append(suited, r.Operator)
		} else {
			unsuited = append(unsuited, r.Operator)
		}
	}
	return suited, unsuited
}

// Aim makes a quantizer refuse models that the target of --for does not run once they are
// quantized. Without a target it returns q.
func (f *Flags) Aim(q quantize.Quantizer) (quantize.Quantizer, error) {
	s, err := f.whole()
	if err != nil {
		return nil, err
	}
	return s.aim(q), nil
}

func (s *settings) aim(q quantize.Quantizer) quantize.Quantizer {
	if s.target == nil {
		return q
	}
	return aimed{q, s.target}
}

// aimed is a quantizer for a target.
type aimed struct {
	quantize.Quantizer
	target *target.Target
}

// Plan implements quantize.Quantizer.
func (a aimed) Plan(m *tflite.ModelT) (*quantize.Plan, error) {
	p, err := a.Quantizer.Plan(m)
	if err != nil {
		return nil, err
	}
	return p, a.check(p)
}

// valueChecker is what package quantize asks quantizers that look at values.
type valueChecker interface {
	ChecksValues() bool
	Check(f encode.Format, s repair.Stats) (name, why string, ok bool)
	PlanKeeping(m *tflite.ModelT, kept repair.Kept) (*quantize.Plan, error)
}

// ChecksValues is that of the quantizer.
func (a aimed) ChecksValues() bool {
	c, ok := a.Quantizer.(valueChecker)
	return ok && c.ChecksValues()
}

// Check is that of the quantizer.
func (a aimed) Check(f encode.Format, s repair.Stats) (name, why string, ok bool) {
	return a.Quantizer.(valueChecker).Check(f, s)
}

// PlanKeeping is that of the quantizer.
func (a aimed) PlanKeeping(m *tflite.ModelT, kept repair.Kept) (*quantize.Plan, error) {
	p, err := a.Quantizer.(valueChecker).PlanKeeping(m, kept)
	if err != nil {
		return nil, err
	}
	return p, a.check(p)
}

// LeastBytes is that of the quantizer, 0 where it has none.
func (a aimed) LeastBytes(model int64) int64 {
	if e, ok := a.Quantizer.(interface{ LeastBytes(model int64) int64 }); ok {
		return e.LeastBytes(model)
	}
	return 0
}

// problemsShown is how many an error names.
const problemsShown = 3

// check is the error of a plan that the target does not run, or runs wrongly.
func (a aimed) check(p *plan.Plan) error {
	var words []string
	uses := target.Uses(p)
	before, after := p.Needs()
	verdicts := target.Judge(uses, before, after)
	for _, r := range a.target.Problems(verdicts) {
		w := r.Runtime + " " + r.Words
		if r.Reader >= 0 {
			w += fmt.Sprintf(", the first at %s", plan.PlaceOperator(p.Model, r.Subgraph, r.Reader))
		}
		words = append(words, w)
	}
	found, err := target.Warnings(context.Background(), p, uses, verdicts, target.NewRowSums(p, uses))
	if err != nil {
		return err
	}
	for _, w := range found {
		if w.Tensor >= 0 && slices.ContainsFunc(w.Runtimes, func(r string) bool { return slices.Contains(a.target.Runtimes, r) }) {
			words = append(words, w.What+": want "+strings.Join(w.Remedies, " or "))
		}
	}
	switch n := len(words); {
	case n == 0:
		return nil
	case n > problemsShown:
		words = append(words[:problemsShown], fmt.Sprintf("and %d more", n-problemsShown))
	}
	return errorf("--"+forFlag, "%s: %s", a.target.Name, strings.Join(words, "; "))
}
