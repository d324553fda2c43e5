package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels/networks"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

// A unitsRow is how one quantization of one model with a recipe compares.
type unitsRow struct {
	row
	equal      int    // units
	unlikeness string // why outputs are not compared or not the same, in words, "" for none
}

// recipes measures models with the recipes mlir and mlir_float16, and SavedModels with
// those of the converter.
func (m *meter) recipes(subjects []subject) ([]unitsRow, error) {
	var rows []unitsRow
	add := func(model, recipe string, r units.Result, err error) error {
		fmt.Fprintf(os.Stderr, "%s, %s\n", model, recipe)
		one, err := m.unitsRow(model, recipe, r, err)
		rows = append(rows, one)
		return err
	}
	for _, s := range slices.Concat(subjects, nets()) {
		for _, float16 := range []bool{false, true} {
			r, err := units.Quantize(&m.upstream, s.file, mlir.Options{Float16: float16})
			if err := add(s.name, name("mlir", float16), r, err); err != nil {
				return nil, err
			}
		}
	}
	dir, err := os.MkdirTemp("", "report")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, n := range networks.All(false) {
		if err := (savedmodels.Model{n.Graph}).Save(dir); err != nil {
			return nil, err
		}
		for _, float16 := range []bool{false, true} {
			r, err := units.Convert(&m.converter, dir, slices.Sorted(maps.Keys(n.Graph.Signatures)), mlir.Options{Variant: mlir.Converter, Float16: float16})
			if err := add(n.Name, name("converter", float16), r, err); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// name is that of a recipe.
func name(recipe string, float16 bool) string {
	if float16 {
		return recipe + "_float16"
	}
	return recipe
}

func (m *meter) unitsRow(model, recipe string, r units.Result, err error) (unitsRow, error) {
	out := unitsRow{row: row{model: model, mode: recipe, before: len(r.Source), after: len(r.Ours)}, equal: r.Equal}
	if out.files.Outcome, out.files.Detail, err = units.Outcome(r, err); err != nil || r.Ours == nil {
		return out, err
	}
	out.outputs, err = infer.Compare(m.newer, r.Source, r.Ours, r.Upstream, seeds)
	var refused *reference.RunError
	switch {
	case errors.As(err, &refused):
		if _, theirs := m.newer.Run(r.Upstream, 0); theirs != nil {
			out.unlikeness, err = "neither file runs", nil
		}
	case out.outputs.FloatErr == nil && out.outputs.UpstreamErr != nil:
		out.unlikeness = "upstream's file does not run"
	case out.outputs.Difference != "" && r.StatesDiffer():
		out.unlikeness = "upstream's file loses states"
	}
	return out, err
}

func unitsTable(b *strings.Builder, rows []unitsRow) {
	var cells [][]string
	var notes []string
	for _, r := range rows {
		head := []string{r.model, r.mode}
		if r.files.Outcome != outcome.EqualUnits && r.files.Outcome != outcome.Different {
			cells = append(cells, append(head, "", "", "", r.files.Outcome.String(), "", "", "", ""))
			continue
		}
		is := fmt.Sprintf("%d equal", r.equal)
		if r.files.Outcome == outcome.Different {
			is = "**different**"
			notes = append(notes, fmt.Sprintf("- %s, %s: %s", r.model, r.mode, r.files.Detail))
		}
		quality := r.quality()
		quality[0] = cmp.Or(r.unlikeness, quality[0])
		cells = append(cells, append(append(head, text.Exact(int64(r.before)), text.Exact(int64(r.after)), text.Percent(int64(r.after), int64(r.before)), is), quality...))
	}
	b.WriteString(text.Markdown([]string{"model", "recipe", "before", "after", "of before", "units", "outputs", "signal to noise", "largest error", "argmax changes"}, cells))
	if len(notes) > 0 {
		b.WriteString("\n" + strings.Join(notes, "\n") + "\n")
	}
}
