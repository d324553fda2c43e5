package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const aboutDiff = `diff prints at which places two models do not hold the same, by their paths in the TFLite
schema and by the names of tensors and operators. The exit code is 1 where there are some.

With --any-order the order of tensors, operators, buffers and the like is no difference,
nor is the layout of the file: tensors go by their names, operators by their outputs.`

// A diffing is what the arguments of diff ask for.
type diffing struct {
	a, b           string
	anyOrder, json bool
	most           int
}

// Differences that are printed by default, and that are counted.
const (
	differencesShown = 40
	mostDifferences  = 100_000
)

func diffCommand() *cobra.Command {
	var j diffing
	c := &cobra.Command{
		Use:               "diff A.tflite B.tflite",
		Short:             "Print at which places two models differ",
		Long:              aboutDiff,
		Example:           "  quantize diff ours.tflite theirs.tflite\n  quantize diff ours.tflite theirs.tflite --any-order --json",
		Args:              twoModels,
		ValidArgsFunction: completeFiles("tflite"),
		RunE: func(c *cobra.Command, args []string) error {
			if j.most < 1 {
				return usageErrorf("--most: invalid number %d: want 1 or more", j.most)
			}
			j.a, j.b = fromDash(args[0]), fromDash(args[1])
			return j.run(c)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&j.anyOrder, "any-order", false, "differences in order alone are none")
	f.IntVar(&j.most, "most", differencesShown, "print at most `N` differences")
	f.BoolVar(&j.json, "json", false, "print the differences as JSON")
	return c
}

// twoModels is the check of arguments that name two models.
func twoModels(c *cobra.Command, args []string) error {
	switch {
	case len(args) < 2:
		return usageErrorf("missing argument: want quantize %s; see %s --help", c.Use, c.CommandPath())
	case len(args) > 2:
		return usageErrorf("unexpected argument %q: want two models", args[2])
	case args[0] == dash && args[1] == dash:
		return usageErrorf(`unexpected argument "-": standard input is one model alone`)
	case args[0] == "" || args[1] == "":
		return usageErrorf(`unexpected argument "": want the name of a model`)
	}
	return nil
}

// A differing is the result of diff, with the names of its JSON.
type differing struct {
	Version     int               `json:"version"`     // see report.Version
	A           string            `json:"a"`           // the path of the first model
	B           string            `json:"b"`           // the path of the second one
	Equal       bool              `json:"equal"`       // as far as is asked for
	Differences []diff.Difference `json:"differences"` // in the order of the schema
	More        int               `json:"more"`        // that are not printed, at most 100,000
}

func (j *diffing) run(c *cobra.Command) error {
	out := differing{Version: report.Version, A: j.a, B: j.b}
	err := withModels(j.a, j.b, func(a, b *loaded) error {
		out.Differences = j.compare(a, b)
		return nil
	})
	if err != nil {
		return err
	}
	out.Equal = len(out.Differences) == 0
	out.More = max(0, len(out.Differences)-j.most)
	out.Differences = out.Differences[:len(out.Differences)-out.More]
	if j.json {
		err = encode(c.OutOrStdout(), &out)
	} else {
		err = j.print(c.OutOrStdout(), &out)
	}
	if err == nil && !out.Equal {
		return errDiffer
	}
	return err
}

// errDiffer ends diff where there are differences, which are printed.
var errDiffer = errors.New("the models differ")

func (j *diffing) compare(a, b *loaded) []diff.Difference {
	if bytes.Equal(a.file, b.file) {
		return []diff.Difference{}
	}
	var out []diff.Difference
	if j.anyOrder {
		out = diff.AnyOrder(a.model, b.model, mostDifferences)
	} else {
		out = diff.All(a.data, b.data, mostDifferences)
		diff.Explain(a.model, b.model, out)
	}
	if x, y := a.file[len(a.data):], b.file[len(b.data):]; !bytes.Equal(x, y) {
		out = append(out, diff.Difference{Path: "after the model", A: inBytes(x), B: inBytes(y)})
	}
	if len(out) == 0 && !j.anyOrder {
		out = append(out, diff.Difference{Path: "layout", About: diff.First(a.data, b.data)})
	}
	return out
}

func inBytes(b []byte) string { return text.Exact(int64(len(b))) + " bytes" }

func (j *diffing) print(w io.Writer, d *differing) error {
	title := text.Printable(d.A) + " -> " + text.Printable(d.B) + ": "
	if d.Equal {
		_, err := fmt.Fprintln(w, title+"no difference")
		return err
	}
	all := len(d.Differences) + d.More
	n := text.Count(all, "difference", "differences")
	if all >= mostDifferences {
		n = "at least " + n
	}
	fmt.Fprintln(w, text.Styled(w, text.Strong, title+n))
	columns := []text.Column{{Max: maxReason}, {Max: maxReason, Shrinks: true}, {Max: maxName, Shrinks: true}}
	err := text.WriteTable(w, columns, func(yield func(text.Row) bool) {
		for _, x := range d.Differences {
			if !yield(row(x.Path, changeInWords(&x), x.About)) {
				return
			}
		}
	})
	if err == nil && d.More > 0 {
		_, err = fmt.Fprintf(w, "and %s more: see --most\n", text.Exact(int64(d.More)))
	}
	return err
}

func changeInWords(d *diff.Difference) string {
	words := d.A + " -> " + d.B
	switch {
	case d.A == "present" && d.B == "absent":
		words = "only in the first"
	case d.A == "absent" && d.B == "present":
		words = "only in the second"
	case d.A == d.B: // of the layout
		words = ""
	}
	if d.Elements > 1 {
		words += fmt.Sprintf(", and %s more", text.Exact(int64(d.Elements-1)))
	}
	return words
}

// A loaded model has its file's bytes, and those of the model alone.
type loaded struct {
	file, data []byte
	model      *tflite.ModelT
}

// withModels calls f with the models in two files, whose indices lead somewhere.
func withModels(a, b string, f func(a, b *loaded) error) error {
	return withModel(a, func(x *loaded) error {
		return withModel(b, func(y *loaded) error { return f(x, y) })
	})
}

func withModel(path string, f func(m *loaded) error) error {
	if err := checkNoBundle(path); err != nil {
		return err
	}
	return quantize.ViewParts(path, func(m *tflite.ModelT, data []byte, size int64) error {
		return f(&loaded{data, data[:size], m})
	})
}

func checkNoBundle(path string) error {
	if err := mustExist(path); err != nil && path != dash {
		return err
	}
	bundle, err := isBundle(path)
	if err == nil && bundle {
		err = &inputError{path, "a bundle, a model is expected: unpack it first", exitModel}
	}
	return err
}
