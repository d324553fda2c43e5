package text

import (
	"bufio"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// MaxCell is the width, in characters, that no cell of a table exceeds where its
// column sets no other. Longer ones lack their middle.
const MaxCell = 60

// A Column is how the cells of a column are written.
type Column struct {
	Right bool // cells stand on the right
	Max   int  // the most characters; 0 stands for MaxCell
	// Shrinks lets the column have fewer characters where the table is wider than the
	// terminal.
	Shrinks bool
	// Sentence has cells lack their end then, not their middle.
	Sentence bool
}

func (c Column) cell(s string) string {
	if c.Max == 0 {
		return Name(s, MaxCell)
	}
	return Name(s, c.Max)
}

// A Row is a line of a table, with a cell for each column.
type Row struct {
	Style Style
	Cells []string
}

// WriteTable writes a table whose columns are as wide as their widest cell, as far as the
// terminal has room. It goes through the rows twice and holds one at a time.
func WriteTable(w io.Writer, columns []Column, rows iter.Seq[Row]) error {
	widths := make([]int, len(columns))
	for r := range rows {
		for i, c := range r.Cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(columns[i].cell(c)))
		}
	}
	fit(columns, widths, Width(w))
	out, styles := bufio.NewWriter(w), hasStyles(w)
	for r := range rows {
		out.WriteString(r.Style.put(line(columns, widths, r.Cells), styles))
		if err := out.WriteByte('\n'); err != nil {
			return err // and the rest need not be made
		}
	}
	return out.Flush()
}

const (
	gap       = "  " // between columns
	shortest  = 24   // the width that a column has before those left of it shrink
	narrowest = 12   // the width that no column shrinks below
)

// fit shrinks columns, the last ones first, until the table is as wide as the room, 0 for
// any.
func fit(columns []Column, widths []int, room int) {
	total := -len(gap)
	for _, w := range widths {
		total += w + len(gap)
	}
	if room == 0 {
		return
	}
	for _, least := range []int{shortest, narrowest} {
		for i := len(columns) - 1; i >= 0 && total > room; i-- {
			if spare := widths[i] - least; columns[i].Shrinks && spare > 0 {
				less := min(spare, total-room)
				widths[i] -= less
				total -= less
			}
		}
	}
}

func line(columns []Column, widths []int, cells []string) string {
	var b strings.Builder
	for i, c := range cells {
		if c = columns[i].cell(c); columns[i].Sentence {
			c = CutEnd(c, widths[i])
		} else {
			c = Cut(c, widths[i])
		}
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
		if i > 0 {
			b.WriteString(gap)
		}
		if columns[i].Right {
			b.WriteString(pad + c)
		} else {
			b.WriteString(c + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
