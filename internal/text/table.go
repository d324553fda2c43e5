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

// WriteTable writes a table whose columns are as wide as their widest cell. It
// goes through the rows twice and holds one at a time.
func WriteTable(w io.Writer, columns []Column, rows iter.Seq[Row]) error {
	widths := make([]int, len(columns))
	for r := range rows {
		for i, c := range r.Cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(columns[i].cell(c)))
		}
	}
	out, styles := bufio.NewWriter(w), hasStyles(w)
	for r := range rows {
		out.WriteString(r.Style.put(line(columns, widths, r.Cells), styles))
		if err := out.WriteByte('\n'); err != nil {
			return err // and the rest need not be made
		}
	}
	return out.Flush()
}

func line(columns []Column, widths []int, cells []string) string {
	var b strings.Builder
	for i, c := range cells {
		c = columns[i].cell(c)
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
		if i > 0 {
			b.WriteString("  ")
		}
		if columns[i].Right {
			b.WriteString(pad + c)
		} else {
			b.WriteString(c + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
