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

const targets = `
## Values

Two facts depend on the values of weights. The command looks for them in each file that it makes, and warns:

- LiteRT's own kernels for x86 add each row of int8 weights in lanes of 16 bits, where inputs have a zero point: FULLY_CONNECTED, CONV_2D with scales per channel
  and BATCH_MATMUL without XNNPACK, SVDF and recurrent operators with XNNPACK too. Outputs of rows whose sums do not fit are garbage. It takes rows of more than
  2048 values, most of one sign. ` + "`--scheme legacy`" + ` has no zero points.
- TensorFlow Lite up to 2.18 takes CONV_2D weights whose channels all have the same scale for weights with one scale, of which it finds none: outputs are the bias alone.

[parity/runtimes/wraps_test.go](../parity/runtimes/wraps_test.go) runs such files in all runtimes.

## Targets

The targets of ` + "`--for`" + ` are

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
	return head + text.Markdown(append([]string{"operator", "format"}, t.Runtimes...), rows) + "\n" + t.Note + "\n" + targets + targetTable() + foot
}

func targetTable() string {
	var rows [][]string
	for _, t := range target.Targets() {
		rows = append(rows, []string{"`" + t.Name + "`", t.Does, target.Names(t.Runtimes)})
	}
	return text.Markdown([]string{"target", "is", "runtimes that must run the file rightly"}, rows)
}
