package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A table is rows of cells; columns are as wide as their widest cell.
type table struct {
	right []bool // by column: cells stand on the right
	rows  []row
}

type row struct {
	cells []string
	style string
}

// Styles, as a terminal's escape sequences.
const (
	plain  = ""
	strong = "\x1b[1m"
	faint  = "\x1b[2m"
)

func (t *table) add(style string, cells ...string) { t.rows = append(t.rows, row{cells, style}) }

func (t *table) print(w io.Writer) error {
	width := make([]int, len(t.right))
	for _, r := range t.rows {
		for i, c := range r.cells {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	colour := hasColour(w)
	var out strings.Builder
	for _, r := range t.rows {
		var line strings.Builder
		for i, c := range r.cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if i > 0 {
				line.WriteString("  ")
			}
			if t.right[i] {
				line.WriteString(pad + c)
			} else {
				line.WriteString(c + pad)
			}
		}
		out.WriteString(styled(strings.TrimRight(line.String(), " "), r.style, colour) + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func styled(s, style string, colour bool) string {
	if !colour || style == plain || s == "" {
		return s
	}
	return style + s + "\x1b[0m"
}

func hasColour(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)
}

// printable escapes what a terminal would act on: names come from the model.
func printable(s string) string {
	clean := true
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			clean = false
		}
	}
	if clean {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// size writes bytes as people read them, to three digits.
func size(n int64) string {
	const units = "kMGT"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n)/1000, 0
	for v >= 999.5 && unit < len(units)-1 {
		v, unit = v/1000, unit+1
	}
	digits := 0
	switch {
	case v < 9.995:
		digits = 2
	case v < 99.95:
		digits = 1
	}
	return fmt.Sprintf("%.*f %cB", digits, v, units[unit])
}

// exact writes a number with commas between thousands.
func exact(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func percent(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// count writes a number and its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
