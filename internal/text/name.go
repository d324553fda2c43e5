package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable escapes what a terminal would act on. Names come from models and
// may have any bytes.
func Printable(s string) string {
	isControl := func(r rune) bool { return !unicode.IsPrint(r) }
	if utf8.ValidString(s) && !strings.ContainsFunc(s, isControl) {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// Cut leaves characters in the middle of s out where it has more than width, at
// least 3, and puts an ellipsis there. It takes no longer for a longer s.
func Cut(s string, width int) string {
	if !isLonger(s, width) {
		return s
	}
	head := (width - 1) / 2
	tail := width - 1 - head
	start, end := 0, len(s)
	for range head {
		_, n := utf8.DecodeRuneInString(s[start:])
		start += n
	}
	for range tail {
		_, n := utf8.DecodeLastRuneInString(s[:end])
		end -= n
	}
	return s[:start] + "…" + s[end:]
}

// CutEnd leaves characters at the end of s out where it has more than width, at least 1,
// and puts an ellipsis there.
func CutEnd(s string, width int) string {
	if !isLonger(s, width) {
		return s
	}
	end := 0
	for range width - 1 {
		_, n := utf8.DecodeRuneInString(s[end:])
		end += n
	}
	return s[:end] + "…"
}

// isLonger reports whether s has more characters than width.
func isLonger(s string, width int) bool {
	for ; s != ""; width-- {
		if width == 0 {
			return true
		}
		_, n := utf8.DecodeRuneInString(s)
		s = s[n:]
	}
	return false
}

// Name is a name, or a sentence with names in it, printable and within a width.
func Name(s string, width int) string { return Cut(Printable(Cut(s, width)), width) }
