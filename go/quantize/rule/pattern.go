package rule

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// MaxPattern is the largest length of a pattern in bytes. It bounds the time to
// match a name: at most one step for each byte of the name and each of the pattern.
const MaxPattern = 1024

// A pattern is elements, each of which stands for one character or for a run.
type pattern struct {
	elements []element
	fold     bool // upper and lower case are the same
}

type element struct {
	kind    kind
	literal rune
	class   []span
	negated bool
}

type kind uint8

const (
	literal kind = iota
	anyOne
	anyRun
	class
)

// A span is the characters from lo to hi, both included.
type span struct{ lo, hi rune }

func parse(text string, fold bool) (*pattern, error) {
	if len(text) > MaxPattern {
		return nil, fmt.Errorf("pattern of %d bytes: want at most %d; * stands for any characters", len(text), MaxPattern)
	}
	p := &pattern{fold: fold}
	for rest := text; rest != ""; {
		r, n := decode(rest)
		rest = rest[n:]
		switch r {
		case '*':
			if k := len(p.elements); k == 0 || p.elements[k-1].kind != anyRun {
				p.elements = append(p.elements, element{kind: anyRun})
			}
		case '?':
			p.elements = append(p.elements, element{kind: anyOne})
		case '[':
			e, after, problem := parseClass(rest)
			if problem != "" {
				return nil, fmt.Errorf("invalid pattern %q: %s", text, problem)
			}
			p.elements = append(p.elements, e)
			rest = after
		default:
			p.elements = append(p.elements, element{literal: p.folded(r)})
		}
	}
	return p, nil
}

// parseClass reads a class after its opening bracket. A closing bracket that
// comes first, and a hyphen that comes first or last, stand for themselves.
func parseClass(text string) (e element, rest, problem string) {
	e.kind = class
	if text != "" && (text[0] == '^' || text[0] == '!') {
		e.negated = true
		text = text[1:]
	}
	for first := true; text != ""; first = false {
		lo, n := decode(text)
		text = text[n:]
		if lo == ']' && !first {
			return e, text, ""
		}
		hi := lo
		if len(text) > 1 && text[0] == '-' && text[1] != ']' {
			hi, n = decode(text[1:])
			text = text[1+n:]
		}
		if hi < lo {
			return e, "", fmt.Sprintf("range %c-%c is in the wrong order", lo, hi)
		}
		e.class = append(e.class, span{lo, hi})
	}
	return e, "", "want a ] after [; [[] stands for the character ["
}

// match reports whether the pattern matches the whole name. Where a name does
// not go on as the pattern does, the last run takes one character more: earlier
// runs need not be tried again, since the last one can take what they would.
func (p *pattern) match(name string) bool {
	at, i := 0, 0              // in the name, in the elements
	runFrom, afterRun := 0, -1 // where the last run ends, and the element after it
	for at < len(name) {
		r, n := decode(name[at:])
		switch {
		case i < len(p.elements) && p.elements[i].kind == anyRun:
			i++
			runFrom, afterRun = at, i
		case i < len(p.elements) && p.matches(&p.elements[i], r):
			at += n
			i++
		case afterRun >= 0:
			_, n := decode(name[runFrom:])
			runFrom += n
			at, i = runFrom, afterRun
		default:
			return false
		}
	}
	for i < len(p.elements) && p.elements[i].kind == anyRun {
		i++
	}
	return i == len(p.elements)
}

func (p *pattern) matches(e *element, r rune) bool {
	switch e.kind {
	case literal:
		return e.literal == p.folded(r)
	case class:
		in := contains(e.class, r)
		if p.fold && !in {
			in = contains(e.class, unicode.ToUpper(r)) || contains(e.class, unicode.ToLower(r))
		}
		return in != e.negated
	}
	return e.kind == anyOne
}

func (p *pattern) folded(r rune) rune {
	if p.fold {
		return unicode.ToUpper(r)
	}
	return r
}

func contains(spans []span, r rune) bool {
	for _, s := range spans {
		if s.lo <= r && r <= s.hi {
			return true
		}
	}
	return false
}

// decode reads a character. A byte that is not UTF-8 is a character of its own,
// after all others.
func decode(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return unicode.MaxRune + 1 + rune(s[0]), 1
	}
	return r, n
}
