package target

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// An Outcome is what a runtime makes of an operator.
type Outcome string

// The outcomes.
const (
	Right   Outcome = "right"   // outputs are those of weights with the same values in float32, within 25 dB
	Wrong   Outcome = "wrong"   // they are others
	Refused Outcome = "refused" // an error when the model is loaded or run
	Crashed Outcome = "crashed"
)

// Float32 is the format of weights that are not quantized.
const Float32 = "float32"

// A Cell is what one runtime makes of one kind of operator.
type Cell struct {
	Outcome Outcome
	// Ratio is the time of the operator in that of the same operator with float32 weights in
	// the same runtime, one thread, at a size that takes long; 0 where it was not measured.
	Ratio float64
}

func (c Cell) String() string {
	if c.Ratio == 0 {
		return string(c.Outcome)
	}
	return fmt.Sprintf("%s %.2f", c.Outcome, c.Ratio)
}

// A Row is what the runtimes of a Table make of a kind of operator.
type Row struct {
	Kind
	Cells []Cell
}

// A Table has the measurements.
type Table struct {
	Note     string // what was measured when, on which machine
	Runtimes []string
	Rows     []Row // by operator
}

// measured.txt is written by //parity/formats.
//
//go:embed measured.txt
var measured string

// Measured returns the table.
func Measured() *Table {
	t, err := Parse(measured)
	if err != nil {
		panic(err) // a test reads it
	}
	return t
}

// Runtimes returns those of the table, in its order.
func Runtimes() []string {
	_, rest, _ := strings.Cut(measured, "\n")
	names, _, _ := strings.Cut(rest, "\n")
	return strings.Split(names, "\t")[kindColumns:]
}

// Of returns the row of a kind, from the text: a model has few kinds, for which the table
// need not be parsed. Operators without a row that read float32 have that of
// FULLY_CONNECTED: what runtimes differ in is the DEQUANTIZE. ok is false where nothing
// was measured.
func Of(k Kind) (r Row, ok bool) {
	name := "\n" + strings.Join(k.cells(), "\t") + "\t"
	_, rest, ok := strings.Cut(measured, name)
	if other := tflite.BuiltinOperatorFULLY_CONNECTED; !ok && k.Route == Dequantized && k.Operator != other {
		return Of(Kind{other, k.Format, k.Route})
	}
	if !ok {
		return r, false
	}
	line, _, _ := strings.Cut(rest, "\n")
	cells, err := parseCells(strings.Split(line, "\t"))
	if err != nil {
		panic(err) // a test reads it
	}
	return Row{k, cells}, true
}

// cells are the first ones of a row.
func (k Kind) cells() []string { return []string{k.Operator.String(), k.Format, string(k.Route)} }

// In returns what a runtime makes of a kind of operator. ok is false where that is not
// measured.
func In(runtime string, k Kind) (c Cell, ok bool) {
	at := slices.Index(Runtimes(), runtime)
	row, ok := Of(k)
	if at < 0 || !ok {
		return c, false
	}
	return row.Cells[at], true
}

// Columns of the table before those of runtimes.
const kindColumns = 3

// String writes the table as Parse reads it: a note after #, and rows of cells between
// tabulators, of which the first has their names.
func (t *Table) String() string {
	var b strings.Builder
	line := func(cells ...string) { b.WriteString(strings.Join(cells, "\t") + "\n") }
	line("# " + t.Note)
	line(append([]string{"operator", "format", "route"}, t.Runtimes...)...)
	for _, r := range t.Rows {
		cells := r.Kind.cells()
		for _, c := range r.Cells {
			cells = append(cells, c.String())
		}
		line(cells...)
	}
	return b.String()
}

// Parse reads what String writes.
func Parse(text string) (*Table, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 2 {
		return nil, fmt.Errorf("%d lines: want a note, and the names of columns", len(lines))
	}
	names := strings.Split(lines[1], "\t")
	if len(names) < kindColumns {
		return nil, fmt.Errorf("line 2: %d columns: want operator, format, route and runtimes", len(names))
	}
	t := &Table{Note: strings.TrimPrefix(lines[0], "# "), Runtimes: names[kindColumns:]}
	for i, l := range lines[2:] {
		row, err := parseRow(strings.Split(l, "\t"), len(names))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+3, err)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func parseRow(cells []string, columns int) (r Row, err error) {
	if len(cells) != columns {
		return r, fmt.Errorf("%d columns: want %d", len(cells), columns)
	}
	op, ok := tflite.ParseBuiltinOperator(cells[0])
	if !ok {
		return r, fmt.Errorf("unknown operator %q", cells[0])
	}
	r.Kind = Kind{op, cells[1], Route(cells[2])}
	r.Cells, err = parseCells(cells[kindColumns:])
	return r, err
}

// parseCells reads those of runtimes.
func parseCells(cells []string) ([]Cell, error) {
	out := make([]Cell, len(cells))
	for i, c := range cells {
		outcome, ratio, has := strings.Cut(c, " ")
		out[i].Outcome = Outcome(outcome)
		if !has {
			continue
		}
		var err error
		if out[i].Ratio, err = strconv.ParseFloat(ratio, 64); err != nil {
			return nil, err
		}
	}
	return out, nil
}
