package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const aboutInspect = `inspect prints what a model holds: what takes the space, what is quantized already and by
which tool, inputs, outputs and signatures, operators, the largest constants, metadata
and what follows the model in its file.`

// An inspecting is what the arguments of inspect ask for.
type inspecting struct {
	all, json bool
}

func inspectCommand() *cobra.Command {
	var j inspecting
	c := &cobra.Command{
		Use:               "inspect MODEL.tflite",
		Short:             "Print what a model holds, and what is quantized already",
		Long:              aboutInspect,
		Example:           "  quantize inspect model.tflite\n  quantize inspect model.tflite --all | less -S",
		Args:              oneModel,
		ValidArgsFunction: completeFiles("tflite"),
		RunE:              func(c *cobra.Command, args []string) error { return j.run(c, fromDash(args[0])) },
	}
	c.Flags().BoolVar(&j.all, "all", false, "print every tensor")
	c.Flags().BoolVar(&j.json, "json", false, "print all as JSON, every tensor too")
	return c
}

func (j *inspecting) run(c *cobra.Command, model string) error {
	bundle, err := isBundle(model)
	if err != nil {
		return err
	}
	w, first := c.OutOrStdout(), true
	var found []*report.Inspection
	look := func(m *tflite.ModelT, r *report.Report) error {
		out, err := report.Inspect(m, r)
		switch {
		case err != nil:
			return err
		case j.json && bundle:
			found = append(found, out)
			return nil
		case j.json:
			return encode(w, out)
		}
		if !first {
			fmt.Fprintln(w)
		}
		first = false
		return j.print(w, out)
	}
	if !bundle {
		return quantize.Describe(model, look)
	}
	if err := quantize.DescribeBundle(model, look); err != nil || !j.json {
		return err
	}
	return encode(w, found)
}

func (j *inspecting) print(w io.Writer, i *report.Inspection) error {
	name := text.Printable(i.Model.Path)
	if i.Member != "" {
		name += ": " + text.Name(i.Member, maxName)
	}
	fmt.Fprintln(w, text.Styled(w, text.Strong, fmt.Sprintf("%s: %s, %s", name, text.Size(i.Model.Bytes), i.Counted())))
	for _, line := range i.Lines() {
		fmt.Fprintln(w, text.Name(line, maxSentence))
	}
	for _, part := range []func(io.Writer, *report.Inspection) error{printSpace, printFaces, printOperators, j.printTensors, printMetadata} {
		if err := part(w, i); err != nil {
			return err
		}
	}
	return nil
}

// printPart prints a title and a table that may be empty.
func printPart(w io.Writer, title string, columns []text.Column, rows []text.Row) error {
	if len(rows) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\n%s\n", text.Styled(w, text.Strong, title))
	return text.WriteTable(w, columns, slices.Values(rows))
}

func row(cells ...string) text.Row { return text.Row{Cells: cells} }

func printSpace(w io.Writer, i *report.Inspection) error {
	var rows []text.Row
	for _, s := range i.Space {
		rows = append(rows, row(text.Size(s.Bytes), text.Percent(s.Bytes, i.Model.Bytes), s.What, count(s)))
	}
	for _, name := range i.AppendedFiles {
		rows = append(rows, row("", "", "  "+name, ""))
	}
	return printPart(w, "what takes the space", []text.Column{{Right: true}, {Right: true}, {Shrinks: true}, {Right: true}}, rows)
}

// count is a number where there are several.
func count(s report.Space) string {
	if s.Count < 2 {
		return ""
	}
	return text.Exact(int64(s.Count))
}

// printFaces prints inputs, outputs and signatures.
func printFaces(w io.Writer, i *report.Inspection) error {
	var rows []text.Row
	for k := range i.Subgraphs {
		g := &i.Subgraphs[k]
		place := ""
		if len(i.Subgraphs) > 1 {
			place = cmp.Or(g.Name, strconv.Itoa(k))
		}
		for _, side := range []struct {
			word    string
			tensors []int32
		}{{"input", g.Inputs}, {"output", g.Outputs}} {
			for _, t := range side.tensors {
				if t >= 0 {
					v := &g.Tensors[t]
					rows = append(rows, row(place, side.word, v.Type, shape(v.Shape), v.Name))
				}
			}
		}
	}
	columns := []text.Column{{Max: 30}, {}, {}, {Max: 40}, {Max: maxName, Shrinks: true}}
	if err := printPart(w, "inputs and outputs", withSubgraphs(i, columns, rows), rows); err != nil {
		return err
	}
	rows = nil
	for _, s := range i.Signatures {
		rows = append(rows, row(s.Key, names(s.Inputs)+" -> "+names(s.Outputs)))
	}
	return printPart(w, "signatures", []text.Column{{}, {Max: maxReason, Shrinks: true}}, rows)
}

func names(list []report.Named) string {
	var words []string
	for _, n := range list {
		words = append(words, text.Cut(n.Name, report.MaxName))
	}
	return strings.Join(words, ", ")
}

func printOperators(w io.Writer, i *report.Inspection) error {
	rows := []text.Row{{Style: text.Faint, Cells: []string{"count", "operator", "version", "since TensorFlow"}}}
	for _, o := range i.Operators {
		since := release.Short(o.Since)
		switch {
		case o.Custom:
			since = "custom"
		case since == "":
			since = "not known"
		}
		rows = append(rows, row(text.Exact(int64(o.Count)), o.Operator, strconv.Itoa(int(o.Version)), since))
	}
	if err := printPart(w, "operators", []text.Column{{Right: true}, {Shrinks: true}, {Right: true}, {}}, rows); err != nil {
		return err
	}
	rows = nil
	for _, c := range i.Quantization.Computes {
		if i.Quantization.Kind != "none" {
			rows = append(rows, row(text.Exact(int64(c.Count)), c.Operator, c.Computes))
		}
	}
	return printPart(w, "what operators compute in", []text.Column{{Right: true}, {Shrinks: true}, {}}, rows)
}

// A value is a tensor at its place.
type value struct {
	*report.Value
	subgraph, index int
}

// printTensors prints the largest constants, or all tensors.
func (j *inspecting) printTensors(w io.Writer, i *report.Inspection) error {
	var all []value
	for k := range i.Subgraphs {
		for t := range i.Subgraphs[k].Tensors {
			if v := &i.Subgraphs[k].Tensors[t]; j.all || v.Bytes > 0 {
				all = append(all, value{v, k, t})
			}
		}
	}
	title, shown := "tensors", all
	if !j.all {
		slices.SortStableFunc(all, func(a, b value) int { return cmp.Compare(b.Bytes, a.Bytes) })
		shown = all[:min(len(all), maxRows)]
		title = "largest constants"
		if len(shown) < len(all) {
			title += fmt.Sprintf(", %d of %d; --all lists every tensor", len(shown), len(all))
		}
	}
	rows := []text.Row{{Style: text.Faint, Cells: []string{"subgraph", "tensor", "bytes", "type", "scales", "shape", "name"}}}
	for _, v := range shown {
		rows = append(rows, row(strconv.Itoa(v.subgraph), strconv.Itoa(v.index), text.Exact(int64(v.Bytes)), v.Type, scales(v.Value), shape(v.Shape), v.Name))
	}
	columns := []text.Column{{Right: true}, {Right: true}, {Right: true}, {}, {}, {Max: 40}, {Max: maxName, Shrinks: true}}
	if len(shown) == 0 {
		return nil
	}
	return printPart(w, title, withSubgraphs(i, columns, rows), rows)
}

// withSubgraphs takes the first column, subgraphs, off the rows of a model with one alone,
// and returns the columns that are left.
func withSubgraphs(i *report.Inspection, columns []text.Column, rows []text.Row) []text.Column {
	if len(i.Subgraphs) > 1 {
		return columns
	}
	for k := range rows {
		rows[k].Cells = rows[k].Cells[1:]
	}
	return columns[1:]
}

// scales is their number and what has one, or the scale and the zero point.
func scales(v *report.Value) string {
	switch {
	case v.Block > 0:
		return fmt.Sprintf("one per block of %d", v.Block)
	case v.Scales == 0:
		return "-"
	case v.Scales == 1:
		words := strconv.FormatFloat(float64(v.Scale), 'g', 4, 32)
		if v.ZeroPoint != 0 {
			words += fmt.Sprintf(" zero %d", v.ZeroPoint)
		}
		return words
	}
	return fmt.Sprintf("%d along %d", v.Scales, v.Axis)
}

func printMetadata(w io.Writer, i *report.Inspection) error {
	var rows []text.Row
	for _, m := range i.Metadata {
		rows = append(rows, row(text.Size(int64(m.Bytes)), m.Name, m.Text))
	}
	return printPart(w, "metadata", []text.Column{{Right: true}, {Shrinks: true}, {Max: 100, Shrinks: true}}, rows)
}
