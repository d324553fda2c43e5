package cli

import (
	"testing"
	"unicode/utf8"
)

// A terminal may have any width, and another one each time.
func TestTheBarStaysWithinTheTerminal(t *testing.T) {
	for width := range 80 {
		for _, done := range []int64{0, 33, 100} {
			line := bar(done, 100, width)
			most := width - 1
			if width == 0 { // not known
				most = progressWidth + 6
			}
			if n := utf8.RuneCountInString(line); n > max(most, 0) || width == 0 && n != most {
				t.Errorf("%d columns: %q has %d", width, line, n)
			}
		}
	}
	if got := bar(25, 100, 11); got != " 25 % ░░░░" && got != " 25 % █░░░" {
		t.Errorf("%q", got)
	}
}
