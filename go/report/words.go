package report

import (
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// actionName is what happens to a tensor, in two or three words.
func actionName(t *plan.Tensor) string {
	switch {
	case t.Format != nil:
		return t.Format.String()
	case t.Reason == plan.LookedUp:
		return "int8 passed through"
	}
	return "kept"
}

var reasonNames = [...]string{
	plan.Activation:   "not a constant",
	plan.NotFloat32:   "not float32",
	plan.NotWeight:    "not weights",
	plan.TooSmall:     "too small",
	plan.Weight:       "weights",
	plan.Constant:     "constant",
	plan.LookedUp:     "looked up in quantized weights",
	plan.ByRule:       "by rule",
	plan.ByRepair:     "repaired",
	plan.BesideCopies: "kept beside quantized copies",
}

func reasonName(r plan.Reason) string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// An Explainer says in words what happens to the tensors of a subgraph and why.
type Explainer struct {
	p          *plan.Plan
	subgraph   int
	dequantize []*plan.Dequantize     // by tensor
	copies     map[int32][]*plan.Copy // by tensor
}

// NewExplainer explains the tensors of one subgraph.
func NewExplainer(p *plan.Plan, subgraph int) *Explainer {
	s := &p.Subgraphs[subgraph]
	e := &Explainer{p, subgraph, make([]*plan.Dequantize, len(s.Tensors)+len(s.Added)), map[int32][]*plan.Copy{}}
	for i := range s.Dequantize {
		e.dequantize[s.Dequantize[i].Tensor] = &s.Dequantize[i]
	}
	for i := range s.Copies {
		c := &s.Copies[i]
		e.copies[c.Of] = append(e.copies[c.Of], c)
	}
	return e
}

// Explain returns a sentence about a tensor of the model, such as
// "int8 per tensor: weights of TRANSPOSE_CONV 31; dequantized for: TRANSPOSE_CONV 31".
// Numbers after operators' names are their places in the subgraph.
func (e *Explainer) Explain(tensor int) string {
	t := &e.p.Subgraphs[e.subgraph].Tensors[tensor]
	s := actionName(t) + ": " + e.because(tensor, t)
	if t.Format != nil && t.Rule >= 0 {
		s += ", by " + e.rule(t.Rule)
	}
	s += e.dequantized(int32(tensor))
	for _, c := range e.copies[int32(tensor)] {
		s += fmt.Sprintf("; a copy as %v: weights of %s%s", c.Format, e.operator(c.Operator), e.dequantized(c.Added))
	}
	return s
}

// dequantized names what a tensor is dequantized for.
func (e *Explainer) dequantized(tensor int32) string {
	if d := e.dequantize[tensor]; d != nil {
		return "; dequantized for: " + e.readers(d)
	}
	return ""
}

func (e *Explainer) because(tensor int, t *plan.Tensor) string {
	switch t.Reason {
	case plan.Activation:
		return "not a constant"
	case plan.NotFloat32:
		return fmt.Sprintf("is %v, only FLOAT32 is quantized", e.p.Model.Subgraphs[e.subgraph].Tensors[tensor].Type)
	case plan.NotWeight:
		if e.p.MinElements == 0 {
			return "no operator reads it"
		}
		return "not weights of any operator"
	case plan.TooSmall:
		return fmt.Sprintf("has %d elements, fewer than %d", t.Elements, e.p.MinElements)
	case plan.Weight:
		return "weights of " + e.operator(t.Operator)
	case plan.Constant:
		return fmt.Sprintf("constant input %d of %s", t.Input, e.operator(t.Operator))
	case plan.ByRule:
		return "by " + e.rule(t.Rule)
	case plan.ByRepair:
		r := &e.p.Repaired[t.Repair]
		return r.What + " (" + r.Name + ")"
	case plan.BesideCopies:
		return "some readers need it as it is"
	case plan.LookedUp:
		return fmt.Sprintf("looked up by %s in quantized weights", e.operator(t.Operator))
	}
	return reasonName(t.Reason)
}

// rule names a rule of the options, such as `rule 2 (tensor "head/*": keep)`.
func (e *Explainer) rule(i int32) string {
	r := e.p.Rules[i]
	var parts []string
	if r.Tensor != "" {
		parts = append(parts, fmt.Sprintf("tensor %q", r.Tensor))
	}
	if r.Operator != "" {
		parts = append(parts, "operator "+r.Operator)
	}
	return fmt.Sprintf("rule %d (%s: %s)", i, strings.Join(parts, ", "), r.Format)
}

const readersShown = 3

func (e *Explainer) readers(d *plan.Dequantize) string {
	var words []string
	last, more := int32(-1), 0
	for _, u := range d.Readers {
		switch {
		case u.Operator == last: // reads it twice
		case int(u.Operator) >= len(e.p.Model.Subgraphs[e.subgraph].Operators): // added, for another reader
		case len(words) == readersShown:
			more++
		default:
			words = append(words, e.operator(u.Operator))
		}
		last = u.Operator
	}
	if more > 0 {
		words = append(words, fmt.Sprintf("%d more operators", more))
	}
	for _, o := range d.GraphOutputs {
		words = append(words, fmt.Sprintf("output %d of the subgraph", o))
	}
	if len(words) == 0 {
		return "another DEQUANTIZE"
	}
	return strings.Join(words, ", ")
}

// maxOperator is the width, in characters, of an operator's name in a sentence: a
// custom code has any length and is in many sentences.
const maxOperator = 40

func (e *Explainer) operator(op int32) string {
	sg := e.p.Model.Subgraphs[e.subgraph]
	name := tflite.OperatorName(e.p.Model.OperatorCodes[sg.Operators[op].OpcodeIndex])
	return fmt.Sprintf("%s %d", text.Cut(name, maxOperator), op)
}

// GroupInWords is what happens to the tensors of a group, and why.
func (s *Summary) GroupInWords(g *Group) string {
	if g.Changed() {
		return g.Action
	}
	switch g.reason {
	case plan.NotFloat32:
		return "kept: is " + g.Type
	case plan.TooSmall:
		return fmt.Sprintf("kept: weights, fewer than %d elements", s.MinElements)
	case plan.NotWeight:
		if s.MinElements == 0 {
			return "kept: no operator reads it"
		}
		return "kept: not weights"
	}
	return "kept: " + g.Reason
}

// NothingQuantized says why nothing was quantized, "" where something was.
func (s *Summary) NothingQuantized() string {
	if s.Quantized > 0 {
		return ""
	}
	var largest *Group // constants of another type than float32
	for i := range s.Groups {
		g := &s.Groups[i]
		if g.reason == plan.TooSmall {
			return fmt.Sprintf("all weights have fewer than %d elements; --min-elements sets another bound.", s.MinElements)
		}
		if g.reason == plan.NotFloat32 && (largest == nil || g.BytesBefore > largest.BytesBefore) {
			largest = g
		}
	}
	switch {
	case largest != nil:
		return fmt.Sprintf("the model's constants are %v already.", largest.Type)
	case s.MinElements == 0:
		return "no operator reads a constant."
	}
	return "no operator has constant weights."
}

// InWords names the first place that was repaired, and counts the others.
func (r *Repair) InWords() string {
	first := &r.Places[0]
	s := first.What
	if first.Tensor >= 0 {
		s = fmt.Sprintf("tensor %q %s", first.Name, first.What)
	}
	switch n := len(r.Places) - 1; {
	case n == 1:
		s += ", and 1 more"
	case n > 1:
		s += fmt.Sprintf(", and %d more", n)
	}
	return s + " (" + r.Name + ")"
}
