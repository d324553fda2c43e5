package options

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// The most constants and custom operators that a recipe for a model names.
const initNamed = 12

// InitRecipe is a recipe file for a model, with what may be changed in comments. As it
// is, it does what is done without a recipe. p is the plan of the model without options.
func InitRecipe(p *quantize.Plan) []byte {
	w := &recipeWriter{}
	w.line(0, "{")
	w.comment(1, "Used by: quantize MODEL.tflite --recipe THIS_FILE",
		"This is JSON with comments; commas after last elements are allowed. As it is,",
		"it does what is done without a recipe.")
	w.line(1, `"recipe": %s,`, quoted(recipeName))
	w.line(1, `"version": %d,`, recipeVersion)
	w.section("The runtime that the file is for: "+alternatives(targetNames())+".", "Operators that it computes slowly with int8 get float32, and what it does not run is an error.")
	w.line(1, `// "for": "xnnpack",`)
	w.section("What weights become: " + alternatives(names(types)) + ".")
	w.line(1, `"type": %s,`, quoted(types[0].String()))
	w.section("For int8: scales per channel where operators take them (updated, the default), or one for each tensor (legacy).")
	w.line(1, `// "scheme": %s,`, quoted(schemes[1].String()))
	w.section("For int8: nearest, as TensorFlow rounds and the default, or sum-preserving, which keeps outputs nearer to the float model's.")
	w.line(1, `// "rounding": %s,`, quoted(roundings[1].String()))
	w.section("For int8: smaller weights stay as they are. The default is:")
	w.line(1, `// "min_elements": %d,`, quantize.DefaultMinElements)
	w.section("For int8: true makes all operators compute in float32, from int8 weights in the file.")
	w.line(1, `// "no_hybrid": true,`)
	w.floatOps(p)
	w.customOps(p)
	w.section("With this, constants that match none of these patterns stay as they are.")
	w.line(1, `// "only": [{"operator": "CONV_2D"}],`)
	w.rules(p)
	w.line(0, "}")
	return w.Bytes()
}

// A recipeWriter writes lines of a recipe.
type recipeWriter struct{ bytes.Buffer }

func (w *recipeWriter) line(depth int, form string, args ...any) {
	fmt.Fprintf(w, strings.Repeat("  ", depth)+form+"\n", args...)
}

func (w *recipeWriter) comment(depth int, lines ...string) {
	for _, l := range lines {
		w.line(depth, "// %s", l)
	}
}

// section begins a part with a comment.
func (w *recipeWriter) section(lines ...string) {
	w.WriteString("\n")
	w.comment(1, lines...)
}

// quoted is a string in JSON, on one line and without bytes that are not UTF-8.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings have a form
	}
	return string(b)
}

// floatOps names the operators that compute with int8 weights.
func (w *recipeWriter) floatOps(p *quantize.Plan) {
	counts := map[string]int{}
	type place struct {
		subgraph int
		reader   int32
	}
	seen := map[place]bool{}
	for _, u := range target.Uses(p) {
		if at := (place{u.Subgraph, u.Reader}); u.Route == target.Direct && !seen[at] {
			seen[at] = true
			counts[u.Operator.String()]++
		}
	}
	w.section("For int8: operators that compute in float32, from int8 weights in the file.")
	w.line(1, `"float_ops": [`)
	for _, op := range slices.Sorted(maps.Keys(counts)) {
		w.line(2, "// %s, // %s", quoted(op), text.Count(counts[op], "operator", "operators"))
	}
	w.line(1, "],")
}

// customOps names the custom operators of the model.
func (w *recipeWriter) customOps(p *quantize.Plan) {
	_, custom := operatorsOf(p.Model)
	slices.Sort(custom)
	custom = slices.Compact(custom)
	if len(custom) == 0 {
		return
	}
	w.section("For int8: inputs of custom operators that are weights, and whether the kernel takes them as int8 (hybrid).")
	w.line(1, `"custom_ops": [`)
	for _, name := range custom[:min(len(custom), initNamed)] {
		if len(name) <= report.MaxName {
			w.line(2, `// {"name": %s, "inputs": [1], "hybrid": false},`, quoted(name))
		}
	}
	w.line(1, "],")
}

// A sized constant is one that can be kept.
type sized struct {
	subgraph, tensor int
	bytes            int
}

// rules names the largest constants that change.
func (w *recipeWriter) rules(p *quantize.Plan) {
	var all []sized
	for i := range p.Subgraphs {
		for t := range p.Subgraphs[i].Tensors {
			if p.Subgraphs[i].Tensors[t].Format != nil {
				all = append(all, sized{i, t, len(p.Data(i, int32(t)))})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b sized) int { return cmp.Compare(b.bytes, a.bytes) })
	w.section("Formats of constants that match all patterns of a rule, tensor, operator, index and elements: "+alternatives(formats)+".",
		"Of several rules that match, the last decides. In patterns, * stands for any characters. The largest constants are:")
	w.line(1, `"rules": [`)
	words := map[int]*report.Explainer{}
	for _, c := range all[:min(len(all), initNamed)] {
		if words[c.subgraph] == nil {
			words[c.subgraph] = report.NewExplainer(p, c.subgraph)
		}
		w.line(2, `// {%s, "format": "keep"}, // %s; %s`, patternOf(p, c), text.Size(int64(c.bytes)), text.Name(words[c.subgraph].Explain(c.tensor), report.MaxName))
	}
	w.line(1, "],")
}

// patternOf names a constant by its tensor's name, by its index where that is long or none.
func patternOf(p *quantize.Plan, c sized) string {
	name := p.Model.Subgraphs[c.subgraph].Tensors[c.tensor].Name
	if name == "" || len(name) > report.MaxName || text.Printable(name) != name {
		return fmt.Sprintf(`"index": "%d/%d"`, c.subgraph, c.tensor)
	}
	return `"tensor": ` + quoted(report.Pattern(name))
}
