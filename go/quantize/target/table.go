package target

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

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

// Measured returns the table, which is not to be changed.
var Measured = sync.OnceValue(func() *Table {
	t, err := Parse(measured)
	if err != nil {
		panic(err) // a test reads it
	}
	return t
})

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
		cells := []string{r.Operator.String(), r.Format, string(r.Route)}
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
	for _, c := range cells[kindColumns:] {
		outcome, ratio, has := strings.Cut(c, " ")
		cell := Cell{Outcome: Outcome(outcome)}
		if has {
			if cell.Ratio, err = strconv.ParseFloat(ratio, 64); err != nil {
				return r, err
			}
		}
		r.Cells = append(r.Cells, cell)
	}
	return r, nil
}
