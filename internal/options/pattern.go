package options

import (
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/report"
)

// Patterns of constants are one word in flags, of parts that all must match:
// op:CONV_2D, index:7, elements:1000- and tensor:dense/*, such as
// op:CONV_2D,tensor:dense/*. tensor: is the last one, and may be left out where it is the
// only one.
const (
	operatorPrefix = "op:"
	indexPrefix    = "index:"
	elementsPrefix = "elements:"
	tensorPrefix   = "tensor:"
)

var prefixes = []string{operatorPrefix, indexPrefix, elementsPrefix, tensorPrefix}

// prefixOf is the prefix that a word begins with, "" for none.
func prefixOf(word string) string {
	for _, p := range prefixes {
		if strings.HasPrefix(word, p) {
			return p
		}
	}
	return ""
}

// parsePattern sets the patterns of a rule.
func parsePattern(place, word string, r *rule.Rule) error {
	if word == "" {
		return errorf(place, "no pattern: want the name of a tensor or %sOPERATOR; * stands for any characters", operatorPrefix)
	}
	for rest := word; ; {
		var value string
		prefix := prefixOf(rest)
		switch prefix {
		case tensorPrefix, "":
			r.Tensor = strings.TrimPrefix(rest, tensorPrefix)
			return nil
		case operatorPrefix:
			value, rest = cutPart(rest[len(prefix):])
			r.Operator = value
		case indexPrefix:
			value, rest = cutPart(rest[len(prefix):])
			r.Index = value
		case elementsPrefix:
			value, rest = cutPart(rest[len(prefix):])
			r.Elements = value
		}
		switch {
		case value == "" && prefix == operatorPrefix:
			return errorf(place, "no operator in %q: want %sOPERATOR, such as %sCONV_2D", word, operatorPrefix, operatorPrefix)
		case value == "":
			return errorf(place, "no number in %q: want %s7 or %s1000-2000", word, indexPrefix, elementsPrefix)
		case rest == "":
			return nil
		}
	}
}

// cutPart returns a part up to the comma before the next prefix.
func cutPart(word string) (part, rest string) {
	for i := range word {
		if word[i] == ',' && prefixOf(word[i+1:]) != "" {
			return word[:i], word[i+1:]
		}
	}
	return word, ""
}

// patternWord is the word that parsePattern reads.
func patternWord(r rule.Rule) string {
	var parts []string
	if r.Operator != "" {
		operator := r.Operator
		for _, p := range prefixes { // would end it; as a class, its comma is no part of one
			operator = strings.ReplaceAll(operator, ","+p, "[,]"+p)
		}
		parts = append(parts, operatorPrefix+operator)
	}
	if r.Index != "" {
		parts = append(parts, indexPrefix+r.Index)
	}
	if r.Elements != "" {
		parts = append(parts, elementsPrefix+r.Elements)
	}
	switch {
	case parts == nil && r.Tensor != "" && prefixOf(r.Tensor) == "":
		return r.Tensor
	case parts == nil || r.Tensor != "":
		parts = append(parts, tensorPrefix+r.Tensor)
	}
	return strings.Join(parts, ",")
}

// parseRule reads PATTERN=FORMAT. The pattern may have = in it.
func parseRule(place, word string) (r rule.Rule, err error) {
	at := strings.LastIndexByte(word, '=')
	if at < 0 {
		return r, errorf(place, "invalid value %q: want PATTERN=FORMAT, such as dense/*=float16", word)
	}
	r.Format = word[at+1:]
	return r, parsePattern(place, word[:at], &r)
}

// KeepWord is what --keep takes to leave a constant as it is: its name, or its place where
// it has none.
func KeepWord(name string, subgraph, tensor int) string {
	if name == "" {
		return patternWord(rule.Rule{Index: fmt.Sprintf("%d/%d", subgraph, tensor)})
	}
	return patternWord(rule.Rule{Tensor: report.Pattern(name)})
}
