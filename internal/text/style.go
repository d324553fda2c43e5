package text

import (
	"io"
	"os"
)

// A Style is how a terminal shows a line, as its escape sequence.
type Style string

// The styles.
const (
	Plain  Style = ""
	Strong Style = "\x1b[1m"
	Faint  Style = "\x1b[2m"
)

// Styled returns a line as w shows it: as it is where w has no styles.
func Styled(w io.Writer, style Style, line string) string { return style.put(line, hasStyles(w)) }

func (s Style) put(line string, on bool) string {
	if s == Plain || line == "" || !on {
		return line
	}
	return string(s) + line + "\x1b[0m"
}

func hasStyles(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && IsTerminal(w)
}
