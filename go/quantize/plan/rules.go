package plan

import (
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// CheckRules reports a rule whose format is neither rule.Keep nor rule.Default nor one of
// the given ones.
func CheckRules(rules []rule.Rule, formats ...string) error {
	for i, r := range rules {
		if r.Format == rule.Keep || r.Format == rule.Default || slices.Contains(formats, r.Format) {
			continue
		}
		known := append([]string{rule.Keep, rule.Default}, formats...)
		last := len(known) - 1
		return OptionError("Rules", "rule %d: invalid format %q: want %s or %s", i, r.Format, strings.Join(known[:last], ", "), known[last])
	}
	return nil
}

// A RuleMatcher matches rules with the constants of a plan's model.
type RuleMatcher struct {
	plan    *Plan
	set     *rule.Set
	names   []int32  // by operator code, the number of its name in the set
	weights []string // formats of weights alone
}

// MatchRules readies rules, which it notes in the plan, and returns nil where there are
// none. Formats in weights are only for tensors that an operator reads as weights: any
// other tensor stays as if the rule were not there.
func (p *Plan) MatchRules(rules []rule.Rule, weights ...string) (*RuleMatcher, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	p.Rules = rules
	operators, names := p.OperatorNames()
	set, err := rule.Compile(rules, operators)
	if err != nil {
		return nil, OptionError("Rules", "%v", err)
	}
	return &RuleMatcher{p, set, names, weights}, nil
}

// A Ruling is the format that rules give to a tensor.
type Ruling struct {
	Format string // "" where no rule matches
	Rule   int32  // the rule's index
}

// Rulings are those of a subgraph by tensor; nil where there are no rules.
type Rulings []Ruling

// Format returns the format that rules give to a tensor, "" where none matches.
func (r Rulings) Format(t int32) string {
	if r == nil {
		return ""
	}
	return r[t].Format
}

// A ruled constant is one that operators read.
type ruled struct {
	readers []int32 // numbers of their names for the rules
	weights bool    // of one of them
}

// Subgraph matches the rules with every float32 constant of a subgraph that an operator
// reads. weights returns the inputs of an operator that are weights.
func (m *RuleMatcher) Subgraph(index int, weights func(op int32) []int32) Rulings {
	if m == nil {
		return nil
	}
	tensors := m.plan.Model.Subgraphs[index].Tensors
	rulings := make(Rulings, len(tensors))
	for t, c := range m.constants(index, weights) {
		if c.readers == nil {
			continue
		}
		elements, _ := Elements(tensors[t].Shape)
		format, i, ok := m.set.Format(rule.Constant{Name: tensors[t].Name, Subgraph: int32(index), Index: int32(t), Elements: elements, Readers: c.readers})
		if ok && format != rule.Default && (c.weights || !slices.Contains(m.weights, format)) {
			rulings[t] = Ruling{format, int32(i)}
		}
	}
	return rulings
}

// constants returns the float32 constants by tensor; others have no readers.
func (m *RuleMatcher) constants(index int, weights func(op int32) []int32) []ruled {
	sg := m.plan.Model.Subgraphs[index]
	constants := make([]ruled, len(sg.Tensors))
	for i, op := range sg.Operators {
		inputs := weights(int32(i))
		for input, t := range op.Inputs {
			if t < 0 || sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 || len(m.plan.Data(index, t)) == 0 {
				continue
			}
			c := &constants[t]
			c.readers = appendNew(c.readers, m.names[op.OpcodeIndex])
			c.weights = c.weights || slices.Contains(inputs, int32(input))
		}
	}
	return constants
}

// appendNew adds an operator that is not the last one. Readers of one kind mostly
// follow each other, so few are added twice, which does no harm.
func appendNew(operators []int32, op int32) []int32 {
	if n := len(operators); n > 0 && operators[n-1] == op {
		return operators
	}
	return append(operators, op)
}

// Finish notes the rules that matched nothing, once all subgraphs are matched.
func (m *RuleMatcher) Finish() {
	if m != nil {
		m.plan.UnmatchedRules = m.set.Unmatched()
	}
}
