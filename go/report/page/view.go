package page

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A view is what the page's template shows. Words that a model has a part in are printable
// and have a bounded length.
type view struct {
	Title, Headline string
	Lines           []string
	Before, After   *report.Inspection
	Pair            bool
	Bars            []bar
	Space           []space
	Summary         *report.Summary
	Repairs         []string
	Warnings        []report.Warning
	MoreWarnings    int
	Operators       []operators
	Faces           []face
	*Input

	Left     left
	Policy   string
	CSS      template.CSS
	JS, Data template.JS
}

func viewOf(in *Input) (*view, error) {
	before, err := report.Inspect(in.Before.Model, in.Before.File)
	if err != nil {
		return nil, err
	}
	v := &view{Title: before.Model.Path, Before: before, After: before, Input: in}
	if in.After != nil {
		if v.After, err = report.Inspect(in.After.Model, in.After.File); err != nil {
			return nil, err
		}
		v.Pair, v.Title = true, v.After.Model.Path
	}
	v.Headline = text.Size(before.Model.Bytes) + ", " + before.Counted()
	if v.Pair {
		v.Headline = strings.Replace(report.SmallerInWords(before.Model.Bytes, v.After.Model.Bytes), "->", "→", 1)
	}
	v.Title = base(v.Title)
	v.setSpace()
	v.setOperators()
	v.Faces = facesOf(v.After)
	v.setSummary()
	for i := range v.Lines {
		v.Lines[i] = text.Name(v.Lines[i], maxSentence)
	}
	return v, nil
}

// base is the last element of a path: folders say more of a machine than of a model.
func base(path string) string {
	return text.Name(path[strings.LastIndexAny(path, `/\`)+1:], report.MaxName)
}

// setSummary takes over what the plan says of the whole.
func (v *view) setSummary() {
	if v.Plan == nil {
		v.Lines = v.After.Lines()
		return
	}
	v.Summary = &v.Plan.Summary
	if v.Plan.Unchanged != "" {
		v.Lines = append(v.Lines, "the file is the model as it was, byte for byte: "+v.Plan.Unchanged)
	}
	v.Lines = append(v.Lines, append(v.Summary.OperatorsInWords(), v.Summary.KeptInWords()...)...)
	if needs := v.Summary.NeedsTensorFlow.InWords(); needs != "" {
		v.Lines = append(v.Lines, needs)
	}
	for i := range v.Summary.Repairs {
		v.Repairs = append(v.Repairs, text.Name(v.Summary.Repairs[i].InWords(), maxSentence))
	}
	v.Warnings = slices.Clone(v.Summary.Warnings)
	v.MoreWarnings = max(0, len(v.Warnings)-maxListed)
	v.Warnings = v.Warnings[:len(v.Warnings)-v.MoreWarnings]
	for i := range v.Warnings {
		v.Warnings[i].What = text.Name(v.Warnings[i].What, maxSentence)
	}
}

// A bar is a file's bytes, drawn at most 1000 units wide.
type bar struct {
	Name  string
	Bytes int64
	Parts []part
}

type part struct {
	Colour   int
	X, Width float64
	What     string
}

// A space is a kind of bytes in both files.
type space struct {
	Colour        int
	What          string
	Before, After int64
}

// colours is how many kinds of bytes have one of their own.
const colours = 7

func (v *view) setSpace() {
	find := func(what string) *space {
		i := slices.IndexFunc(v.Space, func(s space) bool { return s.What == what })
		if i < 0 {
			i, v.Space = len(v.Space), append(v.Space, space{What: what})
		}
		return &v.Space[i]
	}
	for _, s := range v.Before.Space {
		find(s.What).Before = s.Bytes
	}
	if v.Pair {
		for _, s := range v.After.Space {
			find(s.What).After = s.Bytes
		}
	}
	slices.SortStableFunc(v.Space, func(a, b space) int { return -cmp.Compare(max(a.Before, a.After), max(b.Before, b.After)) })
	for i := range v.Space {
		v.Space[i].Colour = min(i, colours)
	}
	most := max(v.Before.Model.Bytes, v.After.Model.Bytes, 1)
	v.Bars = []bar{barOf("before", v.Before.Model.Bytes, most, v.Space, func(s *space) int64 { return s.Before })}
	if v.Pair {
		v.Bars = append(v.Bars, barOf("after", v.After.Model.Bytes, most, v.Space, func(s *space) int64 { return s.After }))
	}
}

func barOf(name string, bytes, most int64, all []space, size func(*space) int64) bar {
	b := bar{Name: name, Bytes: bytes}
	x := 0.0
	for i := range all {
		if n := size(&all[i]); n > 0 {
			width := 1000 * float64(n) / float64(most)
			b.Parts = append(b.Parts, part{all[i].Colour, round(x), round(width), all[i].What + ", " + text.Size(n)})
			x += width
		}
	}
	return b
}

// operators are those of one name that compute in the same way.
type operators struct {
	report.Computed
	Added               bool
	VersionWas, Version string
	SinceWas, Since     string
}

func (v *view) setOperators() {
	was, is := versionsOf(v.Before), versionsOf(v.After)
	all := slices.Clone(v.After.Quantization.Computes)
	slices.SortStableFunc(all, func(a, b report.Computed) int { return cmp.Compare(rank(&a), rank(&b)) })
	for _, c := range all[:min(len(all), maxListed)] {
		o := operators{Computed: c, Version: is[c.Operator].versions, Since: is[c.Operator].since}
		o.Operator = text.Printable(o.Operator)
		old, known := was[c.Operator]
		o.Added = !known
		if known && old.versions != o.Version {
			o.VersionWas = old.versions
			if old.since != o.Since {
				o.SinceWas = old.since
			}
		}
		v.Operators = append(v.Operators, o)
	}
}

// rank puts what computes as ever behind the others.
func rank(c *report.Computed) int {
	if c.Computes == "float32" || c.Computes == "other" {
		return 1
	}
	return 0
}

// versions of operators of one name, and the release that has all of them.
type versions struct{ versions, since string }

func versionsOf(i *report.Inspection) map[string]versions {
	found := map[string][]report.Kind{}
	for _, k := range i.Operators {
		if k.Count > 0 {
			found[k.Operator] = append(found[k.Operator], k)
		}
	}
	out := map[string]versions{}
	for name, kinds := range found {
		slices.SortFunc(kinds, func(a, b report.Kind) int { return cmp.Compare(a.Version, b.Version) })
		var words []string
		for _, k := range kinds {
			words = append(words, strconv.Itoa(int(k.Version)))
		}
		last := kinds[len(kinds)-1]
		since := "TensorFlow " + release.Short(last.Since)
		switch {
		case last.Custom:
			since = "custom operator"
		case last.Since == "":
			since = "not known"
		}
		words = slices.Compact(words)
		out[name] = versions{strings.Join(words[:min(len(words), maxFrom)], ", "), since}
	}
	return out
}

// A face is an input or an output.
type face struct{ Side, Subgraph, Type, Shape, Name string }

func facesOf(i *report.Inspection) []face {
	var out []face
	for k := range i.Subgraphs {
		g := &i.Subgraphs[k]
		for _, side := range []struct {
			word    string
			tensors []int32
		}{{"input", g.Inputs}, {"output", g.Outputs}} {
			for _, t := range side.tensors {
				if t < 0 || len(out) == maxListed {
					continue
				}
				value := &g.Tensors[t]
				out = append(out, face{side.word, cmp.Or(text.Name(g.Name, report.MaxName), strconv.Itoa(k)), value.Type, shape(value.Shape), text.Name(value.Name, report.MaxName)})
			}
		}
	}
	return out
}

func shape(dimensions []int32) string {
	var words []string
	for _, d := range dimensions[:min(len(dimensions), maxDimensions)] {
		words = append(words, strconv.Itoa(int(d)))
	}
	if words == nil {
		return "scalar"
	}
	return strings.Join(words, "×")
}

// functions are those that the template calls.
func functions() template.FuncMap {
	return template.FuncMap{
		"size":      text.Size,
		"printable": text.Printable,
		"percent":   text.Percent,
		"exact":     func(n int) string { return text.Exact(int64(n)) },
		"name":      func(s string) string { return text.Name(s, report.MaxName) },
		"short":     release.Short,
		"words":     func(s string) string { return text.Name(s, maxSentence) },
		"first":     func(list []report.Metadata) []report.Metadata { return list[:min(len(list), maxListed)] },
		"number":    func(v float64) string { return text.Figures(max(v, 0)) },
		"names":     names,
		"base":      base,
	}
}

// names are those of a signature's tensors.
func names(list []report.Named) string {
	var words []string
	for _, n := range list {
		words = append(words, n.Name)
	}
	return text.Name(strings.Join(words, ", "), maxSentence)
}
