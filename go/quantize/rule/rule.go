// Package rule names constants of a model by patterns and says what format they
// get. The last rule that matches a constant decides.
//
// In a pattern, * stands for any characters or none, / included; ? for one
// character; [abc], [a-z] for one character of a class and [^abc], [!abc] for
// one outside of it. All else stands for itself; [*], [?] and [[] are these
// characters. A pattern matches a whole name, not a part.
package rule

import (
	"errors"
	"fmt"
)

// Formats of their own: Keep leaves constants as they are, Default does to them what is
// done without rules.
const (
	Keep    = "keep"
	Default = "default"
)

// A Rule gives a format to the constants that match all of its patterns.
type Rule struct {
	Tensor   string // a pattern for the tensor's name; "" matches all
	Operator string // a pattern for the name of an operator that reads the tensor: its name in the schema, such as CONV_2D, or its custom code, in upper or lower case; "" matches all
	Index    string // the number of the tensor in its subgraph, such as "7", or "1/7" where that is not the first one; "" matches all
	Elements string // how many values the tensor has: "1000-2000", "1000-" for 1000 or more, "-1000" for 1000 or fewer, "1000"; "" matches all
	Format   string // Keep, Default, or the name of a format that the quantizer knows, such as "int8" or "float16"
}

// MatchesAll reports whether the rule has no pattern.
func (r Rule) MatchesAll() bool { return r == Rule{Format: r.Format} }

// A Constant is what rules are matched with.
type Constant struct {
	Name            string
	Subgraph, Index int32 // of the tensor
	Elements        uint64
	Readers         []int32 // operators that read it, as indices into the names given to Compile; a rule needs one
}

// Check reports what is wrong with a rule: a malformed pattern, or no format.
func (r Rule) Check() error {
	_, err := compile(r, nil)
	return err
}

// A Set is rules that are ready to be matched. It notes which of them matched;
// one goroutine at a time may use it.
type Set struct {
	rules []compiled
}

type compiled struct {
	tensor    *pattern // nil matches all
	operators []bool   // by operator, whether its name matches; nil where all do
	at        *place   // nil matches all
	elements  *bounds  // nil matches all
	format    string
	matched   bool
}

// Compile checks rules and readies them for operators of the given names. It matches
// each name once: many tensors may be read by an operator with a long name. An error
// names the rule by its index.
func Compile(rules []Rule, operators []string) (*Set, error) {
	s := &Set{rules: make([]compiled, len(rules))}
	for i, r := range rules {
		var err error
		if s.rules[i], err = compile(r, operators); err != nil {
			return nil, fmt.Errorf("rule %d: %w", i, err)
		}
	}
	return s, nil
}

func compile(r Rule, operators []string) (c compiled, err error) {
	if r.Format == "" {
		return c, errors.New("no format: want keep or a format such as int8")
	}
	c.format = r.Format
	if r.Tensor != "" {
		if c.tensor, err = parse(r.Tensor, false); err != nil {
			return c, fmt.Errorf("tensor: %w", err)
		}
	}
	if r.Operator != "" {
		p, err := parse(r.Operator, true)
		if err != nil {
			return c, fmt.Errorf("operator: %w", err)
		}
		c.operators = make([]bool, len(operators)) // not nil
		for i, name := range operators {
			c.operators[i] = p.match(name)
		}
	}
	if r.Index != "" {
		if c.at, err = parsePlace(r.Index); err != nil {
			return c, fmt.Errorf("index: %w", err)
		}
	}
	if r.Elements != "" {
		if c.elements, err = parseBounds(r.Elements); err != nil {
			return c, fmt.Errorf("elements: %w", err)
		}
	}
	return c, nil
}

// Format returns the format that the last matching rule gives to a constant, and
// this rule's index; ok is false where no rule matches.
func (s *Set) Format(c Constant) (format string, rule int, ok bool) {
	for i := len(s.rules) - 1; i >= 0; i-- {
		r := &s.rules[i]
		if ok && r.matched || !r.matches(&c) {
			continue
		}
		r.matched = true
		if !ok {
			format, rule, ok = r.format, i, true
		}
	}
	return format, rule, ok
}

// Unmatched returns the indices of rules that matched no tensor so far, in
// ascending order. A rule that a later one overruled did match.
func (s *Set) Unmatched() []int {
	var out []int
	for i := range s.rules {
		if !s.rules[i].matched {
			out = append(out, i)
		}
	}
	return out
}

func (c *compiled) matches(t *Constant) bool {
	switch {
	case c.at != nil && *c.at != place{t.Subgraph, t.Index}:
		return false
	case c.elements != nil && !c.elements.hold(t.Elements):
		return false
	case c.tensor != nil && !c.tensor.match(t.Name):
		return false
	case c.operators == nil:
		return true
	}
	for _, op := range t.Readers {
		if c.operators[op] {
			return true
		}
	}
	return false
}
