package text

import (
	"strings"
	"unicode/utf8"
)

// Wrap divides words into lines of at most width characters, where no word is longer.
func Wrap(words string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(words) {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}
