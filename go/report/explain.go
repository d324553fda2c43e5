package report

import (
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// An Explainer says in words what happens to the tensors of a subgraph and why.
type Explainer struct {
	p          *plan.Plan
	subgraph   int
	dequantize []*plan.Dequantize     // by tensor
	copies     map[int32][]*plan.Copy // by tensor
	choices    map[int32]*plan.Choice // by tensor
}

// NewExplainer explains the tensors of one subgraph.
func NewExplainer(p *plan.Plan, subgraph int) *Explainer {
	s := &p.Subgraphs[subgraph]
	e := &Explainer{p, subgraph, make([]*plan.Dequantize, len(s.Tensors)+len(s.Added)), map[int32][]*plan.Copy{}, choicesOf(p, subgraph)}
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
	if c := e.choices[int32(tensor)]; c != nil {
		s += "; " + choiceInWords(c)
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
		return fmt.Sprintf("input %d of %s, not its weights", t.Input, e.operator(t.Operator))
	case plan.NoRule:
		return fmt.Sprintf("input %d of %s, which has no %s weights here", t.Input, e.operator(t.Operator), e.p.Label)
	case plan.Unread:
		return "no operator reads it"
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
	case plan.TooInexact:
		return "weights of " + e.operator(t.Operator)
	case plan.Replaced:
		return "only a DEQUANTIZE read it, whose output has its data now"
	case plan.LookedUp:
		return fmt.Sprintf("looked up by %s in quantized weights", e.operator(t.Operator))
	}
	return reasonName(t.Reason)
}

// maxPattern is the width, in characters, of a rule's pattern in a sentence.
const maxPattern = 60

// rule names a rule of the options, such as `rule 2 (tensor "head/*": keep)`.
func (e *Explainer) rule(i int32) string {
	r := e.p.Rules[i]
	var parts []string
	if r.Tensor != "" {
		parts = append(parts, fmt.Sprintf("tensor %q", text.Cut(r.Tensor, maxPattern)))
	}
	if r.Operator != "" {
		parts = append(parts, "operator "+text.Cut(r.Operator, maxPattern))
	}
	if r.Index != "" {
		parts = append(parts, "index "+r.Index)
	}
	if r.Elements != "" {
		parts = append(parts, r.Elements+" elements")
	}
	if r.MatchesAll() {
		parts = append(parts, "all")
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
