package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
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
	plan.Activation: "not a constant",
	plan.NotFloat32: "not float32",
	plan.NotWeight:  "not weights",
	plan.NoRule:     "operator without weights",
	plan.Unread:     "read by no operator",
	plan.TooSmall:   "too small",
	plan.Weight:     "weights",
	plan.Constant:   "constant",
	plan.LookedUp:   "looked up in quantized weights",
	plan.ByRule:     "by rule",
	plan.ByRepair:   "repaired",

	plan.BesideCopies: "kept beside quantized copies",
	plan.Replaced:     "replaced",

	plan.AlreadyFloat32: "float32 already",
	plan.TooInexact:     "error too large",
}

func reasonName(r plan.Reason) string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// How many kinds of operators a group's label and a sentence name.
const (
	labelOperators    = 2
	sentenceOperators = 3
)

// GroupInWords is what happens to the tensors of a group, and why.
func (s *Summary) GroupInWords(g *Group) string {
	switch {
	case g.Changed():
		return g.Action
	case g.Sparse:
		return "kept: sparse"
	}
	switch g.key.reason {
	case plan.NotFloat32:
		return "kept: is " + g.Type
	case plan.TooSmall:
		return fmt.Sprintf("kept: weights, fewer than %d elements", s.MinElements)
	case plan.NoRule:
		return fmt.Sprintf("kept: no %s for %s", s.Type, operatorNames(g.Operators, labelOperators))
	case plan.ByRepair:
		return "kept: repair " + g.Repair
	}
	return "kept: " + g.Reason
}

// operatorNames names the first operators, and counts the others.
func operatorNames(operators []Reader, most int) string {
	var words []string
	for i := range operators {
		words = append(words, text.Name(operators[i].Operator, maxOperator))
	}
	return shortList(words, most)
}

func shortList(words []string, most int) string {
	if len(words) > most {
		words = append(words[:most:most], fmt.Sprintf("%d more", len(words)-most))
	}
	return strings.Join(words, ", ")
}

// smallTypes are those that weights have once they are quantized.
var smallTypes = []tflite.TensorType{
	tflite.TensorTypeFLOAT16, tflite.TensorTypeBFLOAT16, tflite.TensorTypeINT8, tflite.TensorTypeUINT8,
	tflite.TensorTypeINT16, tflite.TensorTypeINT4, tflite.TensorTypeUINT4, tflite.TensorTypeINT2,
}

// why is the end of a sentence on the constants of a group that is kept: "they are".
func (s *Summary) why(g *Group) string {
	if g.Sparse {
		return "sparse, and only dense ones are quantized"
	}
	switch g.key.reason {
	case plan.NotFloat32:
		if slices.Contains(smallTypes, g.key.from) {
			return g.Type + " already; quantize the FLOAT32 model that this was made from"
		}
		return g.Type + ", and only FLOAT32 is quantized"
	case plan.TooSmall:
		return fmt.Sprintf("weights of fewer than %d elements", s.MinElements)
	case plan.NotWeight:
		return "not the weights of " + operatorNames(g.Operators, sentenceOperators)
	case plan.NoRule:
		return fmt.Sprintf("read by %s, for which Quantize Weights has no %s weights", operatorNames(g.Operators, sentenceOperators), s.Type)
	case plan.Unread:
		return "read by no operator"
	case plan.ByRule:
		return "kept by rule"
	case plan.TooInexact:
		return "weights whose error would be too large"
	case plan.ByRepair:
		return "kept by the repair " + g.Repair
	}
	return g.Reason
}

// helps are arguments of the command that make the constants of a kept group smaller.
// The others of the model keep their format where some have got one.
func (s *Summary) helps(g *Group) []string {
	if g.Sparse {
		return nil
	}
	switch g.key.reason {
	case plan.TooSmall:
		return []string{"--min-elements 1"}
	case plan.NotWeight, plan.NoRule:
		if s.Quantized == 0 {
			return append([]string{"--type float16"}, customOps(g)...)
		}
		return append(float16Rules(g), customOps(g)...)
	}
	return nil
}

func float16Rules(g *Group) []string {
	var out []string
	for _, r := range considerable(g) {
		out = append(out, "--rule "+Argument("op:"+Pattern(r.Operator)+"=float16"))
	}
	return out
}

// customOps are what the command needs to know of custom operators that read constants.
// Whether these are weights, only who knows the operator can tell.
func customOps(g *Group) []string {
	var out []string
	for _, r := range considerable(g) {
		if r.Custom {
			inputs := strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Inputs), " ", ","), "[]")
			out = append(out, "--custom-op "+Argument(r.Operator+"="+inputs))
		}
	}
	return out
}

// considerable returns the operators of a group that read a fifth of its bytes or more,
// and have names that can be written in a shell.
func considerable(g *Group) []Reader {
	var out []Reader
	for _, r := range g.Operators {
		if isConsiderable(r.Bytes, g.BytesBefore) && len(r.Operator) <= maxOperator && text.Printable(r.Operator) == r.Operator {
			out = append(out, r)
		}
	}
	return out
}

// isConsiderable reports whether a part is worth a line: a fifth of the whole.
func isConsiderable(part, whole int64) bool { return part > 0 && part >= whole/5 }

var patternQuoter = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

// Pattern is the pattern of a rule for one name.
func Pattern(name string) string {
	return patternQuoter.Replace(name)
}

// Argument puts a word in quotes where a shell would take it apart.
func Argument(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-+./:=,@%", r)
	}
	if strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// explainGroups gives groups of constants that are kept their sentences.
func (s *Summary) explainGroups() {
	for i := range s.Groups {
		if g := &s.Groups[i]; !g.Changed() && g.BytesBefore > 0 {
			g.Why, g.Helps = s.why(g), s.helps(g)
		}
	}
}

// Constants are the bytes of all constants of the model.
func (s *Summary) Constants() int64 {
	n := int64(0)
	for i := range s.Groups {
		n += s.Groups[i].BytesBefore
	}
	return n
}

// Kept returns the groups of constants that stay as they are and are a considerable part
// of all, the largest first. Where something was quantized, they are those that the user
// might want to be: float32 constants that no rule keeps.
func (s *Summary) Kept() []*Group {
	var out []*Group
	all := s.Constants()
	for i := range s.Groups {
		g := &s.Groups[i]
		asked := g.key.reason == plan.NotFloat32 || g.key.reason == plan.ByRule
		if !g.Changed() && isConsiderable(g.BytesBefore, all) && (s.Quantized == 0 || !asked) {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b *Group) int { return -cmp.Compare(a.BytesBefore, b.BytesBefore) })
	return out
}

// NothingQuantized says why nothing was quantized, "" where something was.
func (s *Summary) NothingQuantized() string {
	if s.Quantized > 0 {
		return ""
	}
	parts := s.keptParts()
	if len(parts) == 0 {
		return "the model has no constants."
	}
	return fmt.Sprintf("of %s of constants, %s.", text.Size(s.Constants()), strings.Join(parts, "; "))
}

// KeptInWords has a line for each considerable part of the constants that stays as it is
// where others were quantized.
func (s *Summary) KeptInWords() []string {
	if s.Quantized == 0 {
		return nil
	}
	var lines []string
	for _, part := range s.keptParts() {
		lines = append(lines, "kept: "+part)
	}
	return lines
}

func (s *Summary) keptParts() []string {
	var parts []string
	all := s.Constants()
	for _, g := range s.Kept() {
		part := fmt.Sprintf("%s (%s) are %s", text.Size(g.BytesBefore), text.Percent(g.BytesBefore, all), g.Why)
		if len(g.Helps) > 0 {
			part += "; smaller with " + strings.Join(g.Helps, " or ")
		}
		parts = append(parts, part)
	}
	return parts
}

// SmallerInWords compares the sizes of two files: "14.0 MB -> 3.90 MB, 3.6x smaller".
func SmallerInWords(before, after int64) string {
	words := text.Size(before) + " -> " + text.Size(after)
	switch {
	case before == after:
		return words + ", as before"
	case after > before || after == 0:
		return words
	case before < after+after/20: // where one digit of the factor says nothing
		return words + fmt.Sprintf(", %s smaller", text.Percent(before-after, before))
	}
	return words + fmt.Sprintf(", %.1fx smaller", float64(before)/float64(after))
}

// A way of computing, in words after the number of operators: in full where the line
// is the first one.
type way struct {
	is        func(*Computed) bool
	one, many string // "operator computes in int8"
	later     string // "in int8", "" where the line is in full in any case
	more      string // behind the operators
}

func (s *Summary) ways() []way {
	computes := func(c plan.Compute) func(*Computed) bool {
		return func(o *Computed) bool { return o.Computes == c.String() }
	}
	const once, each = ", weights turned back once when the model is loaded", ", from looked up values that DEQUANTIZE turns back"
	in := "in " + s.integers()
	return []way{
		{func(o *Computed) bool { return computes(plan.Hybrid)(o) && !o.looksUp() }, "operator computes " + in, "operators compute " + in, in, ", inputs quantized on the fly"},
		{computes(plan.AfterDequantize), "operator computes in float32", "operators compute in float32", "in float32", once},
		{func(o *Computed) bool { return computes(plan.Hybrid)(o) && o.looksUp() }, "operator looks up quantized values and gives float32", "operators look up quantized values and give float32", "", ""},
		{computes(plan.LooksUp), "operator looks up int8 values", "operators look up int8 values", "", ""},
		{computes(plan.AfterLookup), "operator computes in float32", "operators compute in float32", "in float32", each},
	}
}

// looksUp tells that the operator's kernel multiplies nothing.
func (o *Computed) looksUp() bool {
	return o.Operator == tflite.BuiltinOperatorEMBEDDING_LOOKUP.String()
}

// OperatorsInWords says what operators compute in whose weights change.
func (s *Summary) OperatorsInWords() []string {
	var lines []string
	for _, w := range s.ways() {
		n, names := 0, []string(nil)
		name := "" // the only one
		for i := range s.Operators {
			if o := &s.Operators[i]; w.is(o) {
				n += o.Count
				name = text.Name(o.Operator, maxOperator)
				names = append(names, o.inWords())
			}
		}
		if n == 0 {
			continue
		}
		words := text.Count(n, w.one, w.many)
		if len(lines) > 0 && w.later != "" {
			words = text.Count(n, w.later, w.later)
		}
		if len(names) == 1 {
			names[0] = name
		}
		lines = append(lines, words+" ("+shortList(names, sentenceOperators)+")"+w.more)
	}
	return lines
}

// inWords is "35 CONV_2D", or "CONV_2D" where there is one.
func (o *Computed) inWords() string {
	name := text.Name(o.Operator, maxOperator)
	if o.Count == 1 {
		return name
	}
	return text.Exact(int64(o.Count)) + " " + name
}

// integers is a word for the integers that operators compute with.
func (s *Summary) integers() string {
	if strings.Contains(s.Type, "int4") || strings.Contains(s.Type, "int2") {
		return "integers"
	}
	return "int8"
}

// InWords says which TensorFlow Lite the model needs, and what is wrong in its metadata.
// It is "" where nothing is known.
func (n *Needs) InWords() string {
	if n.Runtime != "" {
		return "needs " + n.Runtime + "; operator versions, which older runtimes go by, do not say so"
	}
	if n.After == "" {
		return ""
	}
	line := "needs TensorFlow Lite " + release.Short(n.After)
	if len(n.Unknown) > 0 {
		line += " or newer, for " + shortList(n.Unknown, sentenceOperators)
	}
	switch n.Before {
	case n.After:
		line += ", as before"
	case "":
	default:
		if len(n.Unknown) == 0 && len(n.Operators) > 0 {
			line += ", for " + shortList(n.versions(), sentenceOperators)
		}
		line += " (before: " + release.Short(n.Before) + ")"
	}
	if n.Outdated() {
		line += fmt.Sprintf("; the model's metadata still say %s, which --set-min-runtime-version sets right", release.Short(text.Name(n.Declared, maxOperator)))
	}
	return line
}

// versions are the operators that need the release, such as "version 5 of CONV_2D".
func (n *Needs) versions() []string {
	var out []string
	for _, o := range n.Operators {
		name, version, _ := strings.Cut(o, " ")
		out = append(out, fmt.Sprintf("version %s of %s", version, name))
	}
	return out
}

// RepairsInWords has a line for each repair that was made.
func (s *Summary) RepairsInWords() []string {
	var lines []string
	for i := range s.Repairs {
		lines = append(lines, "repaired: "+s.Repairs[i].InWords())
	}
	return lines
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
