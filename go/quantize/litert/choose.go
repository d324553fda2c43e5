package litert

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A chooser finds the rule of an operator.
type chooser struct {
	rules   []*Rule
	regexes []*regexp.Regexp // of the rules, nil where one matches everything
}

// chooser puts the rules into the order in which the last one decides.
func (o *Options) chooser() *chooser {
	var groups [][]*Rule
	for i := range o.Recipe {
		r := &o.Recipe[i]
		g := slices.IndexFunc(groups, func(g []*Rule) bool { return g[0].Regex == r.Regex })
		switch {
		case g < 0:
			groups = append(groups, []*Rule{r})
		case r.Operation == AllOperations:
			groups[g] = []*Rule{r}
		default:
			same := slices.IndexFunc(groups[g], func(other *Rule) bool { return other.Operation == r.Operation })
			if same < 0 {
				groups[g] = append(groups[g], r)
			} else {
				groups[g][same] = r
			}
		}
	}
	c := &chooser{rules: slices.Concat(groups...)}
	for _, r := range c.rules {
		var re *regexp.Regexp
		if r.Regex != ".*" {
			re = regexp.MustCompile(r.Regex)
		}
		c.regexes = append(c.regexes, re)
	}
	return c
}

// rule returns the rule of an operator, nil where it stays as it is. fits tells whether
// the configuration suits its weights.
func (c *chooser) rule(o *operation, sg *tflite.SubGraphT, op *tflite.OperatorT, fits func(*Config) bool) *Rule {
	names, known := "", false
	for i := len(c.rules) - 1; i >= 0; i-- {
		r := c.rules[i]
		if r.Operation != AllOperations && r.Operation != o.name {
			continue
		}
		if re := c.regexes[i]; re != nil {
			if !known {
				names, known = scope(sg, op), true
			}
			if !re.MatchString(names) {
				continue
			}
		}
		if r.Algorithm == NoQuantize {
			return nil
		}
		if o.can(r) && fits(&r.Config) {
			return r
		}
	}
	return nil
}

// longestScope is in characters, longestBytes what they take at most.
const (
	longestScope = 10000
	longestBytes = 4 * longestScope
)

// scope is the names that rules are matched with.
func scope(sg *tflite.SubGraphT, op *tflite.OperatorT) string {
	var b strings.Builder
	for _, tensors := range [][]int32{op.Outputs, op.Inputs} {
		for _, t := range tensors {
			if t < 0 || sg.Tensors[t].Name == "" {
				continue
			}
			name := sg.Tensors[t].Name
			b.WriteString(name[:min(len(name), longestBytes)] + ";")
			if b.Len() > longestBytes {
				break
			}
		}
		if b.Len() > 0 {
			break
		}
	}
	s := b.String()
	if len(s) > longestScope {
		if r := []rune(s); len(r) > longestScope {
			s = string(r[:longestScope])
		}
	}
	return s
}
