package text

import "strings"

// Markdown is a table in Markdown. Columns after the first stand on the right
// where they have numbers only.
func Markdown(head []string, rows [][]string) string {
	var b strings.Builder
	markdownRow(&b, head)
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
		if i > 0 && isNumeric(rows, i) {
			rule[i] = "---:"
		}
	}
	markdownRow(&b, rule)
	for _, r := range rows {
		markdownRow(&b, r)
	}
	return b.String()
}

func markdownRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}

// isNumeric reports whether all cells of a column begin with a digit or are empty.
func isNumeric(rows [][]string, column int) bool {
	for _, r := range rows {
		if c := r[column]; c != "" && (c[0] < '0' || c[0] > '9') {
			return false
		}
	}
	return len(rows) > 0
}
