package main

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const head = `# Formats in runtimes

What runtimes make of each format of weights, by the operator that reads it: one operator with random weights and inputs. *Right* is within
25 dB of the same weights in float32, *wrong* is another result without a word. "Dequantized" formats have a DEQUANTIZE in front of the operator; with
the others, the operator computes with integers. Operators that a format lacks cannot have it in any quantizer; ADD stands for all operators
that have constants but no weights. The number is the time in that of float32 weights in the same runtime, with one thread, for an operator
that takes most of the time of a network.

`

const foot = `
This page and [measured.txt](../go/quantize/target/measured.txt), which the command knows it by, are written by ` + "`./bazelw run //parity/formats`" + `.
`

// page is docs/formats.md of a table.
func page(t *target.Table) string {
	var rows [][]string
	for _, r := range t.Rows {
		if r.Format == target.Float32 {
			continue
		}
		format := r.Format
		if r.Route == target.Dequantized {
			format += ", dequantized"
		}
		cells := []string{r.Operator.String(), format}
		for _, c := range r.Cells {
			cells = append(cells, c.String())
		}
		rows = append(rows, cells)
	}
	return head + text.Markdown(append([]string{"operator", "format"}, t.Runtimes...), rows) + "\n" + t.Note + "\n" + foot
}
