package options

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
)

// Parse reads a line of flags as the command takes them, separated by spaces,
// such as "--type=int8 --scheme=legacy". A word that begins with a double quote is
// a string as in Go, and may have spaces. Errors are *Error.
func Parse(line string) (quantize.Options, error) {
	s, err := parse(line)
	if err != nil {
		return quantize.Options{}, err
	}
	return s.options()
}

// ParseQuantizer is Parse for lines that may name a recipe: the quantizer of that, of the
// type quantize.Options where none is named. None of the options need have an effect.
func ParseQuantizer(line string) (quantize.Quantizer, error) {
	s, err := parse(line)
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s.lenient(), nil
}

func parse(line string) (*settings, error) {
	words, err := split(line)
	if err != nil {
		return nil, err
	}
	f, err := parseWords(words)
	if err != nil {
		return nil, err
	}
	return f.settings()
}

// Format returns the line of flags that Parse reads as the same options, without
// their Order: the type, and what is not the default. What float16 does not use
// is left out.
func Format(o quantize.Options) string { return format(&settings{Options: o}) }

func format(s *settings) string {
	words := []string{flag(typeFlag, s.BufferType.String())}
	if s.target != nil {
		words = append(words, flag(forFlag, s.target.Name))
	}
	if s.hasInt8() {
		words = append(words, int8Words(s)...)
	}
	for _, r := range s.Rules {
		if r.Format == rule.Keep {
			words = append(words, flag(keepFlag, patternWord(r)))
		} else {
			words = append(words, flag(ruleFlag, patternWord(r)+"="+r.Format))
		}
	}
	return join(words)
}

func int8Words(s *settings) []string {
	var words []string
	if s.Scheme != quantize.Updated {
		words = append(words, flag(schemeFlag, s.Scheme.String()))
	}
	if s.Rounding != quantize.Nearest {
		words = append(words, flag(roundingFlag, s.Rounding.String()))
	}
	if n := s.MinElements; n != 0 && n != quantize.DefaultMinElements {
		words = append(words, flag(minElementsFlag, strconv.FormatUint(n, 10)))
	}
	if s.NoHybrid {
		words = append(words, "--"+noHybridFlag)
	}
	if len(s.OpDenylist) > 0 {
		words = append(words, flag(denyOpFlag, strings.Join(names(s.OpDenylist), ",")))
	}
	for _, name := range slices.Sorted(maps.Keys(s.CustomOps)) {
		words = append(words, flag(customOpFlag, customOpWord(name, s.CustomOps[name])))
	}
	return words
}

func flag(name, value string) string { return "--" + name + "=" + value }

// join puts flags in one line, those with spaces in quotes, as split reads them.
func join(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if strings.ContainsFunc(w, unicode.IsSpace) {
			quoted[i] = strconv.Quote(w)
		}
	}
	return strings.Join(quoted, " ")
}

func split(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if line == "" {
			return words, nil
		}
		word := line
		if end := strings.IndexFunc(line, unicode.IsSpace); end >= 0 {
			word = line[:end]
		}
		if line[0] != '"' {
			words, line = append(words, word), line[len(word):]
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		rest := line[len(quoted):]
		if err != nil || rest != "" && strings.IndexFunc(rest, unicode.IsSpace) != 0 {
			return nil, errorf("", "invalid word %s: want a double quote at its end too", word)
		}
		unquoted, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, errorf("", "invalid word %s: %v", quoted, err)
		}
		words, line = append(words, unquoted), rest
	}
}
