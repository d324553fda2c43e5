package options

import (
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
)

// Patterns of tensors and operators are one word in flags: op:CONV_2D,
// tensor:dense/*, or op:CONV_2D,tensor:dense/* for both; tensor: may be left out
// where it comes first.
const (
	operatorPrefix = "op:"
	tensorPrefix   = "tensor:"
	separator      = "," + tensorPrefix
)

// parsePattern sets the patterns of a rule.
func parsePattern(place, word string, r *rule.Rule) error {
	if word == "" {
		return errorf(place, "no pattern: want the name of a tensor or %sOPERATOR; * stands for any characters", operatorPrefix)
	}
	operators, ok := strings.CutPrefix(word, operatorPrefix)
	if !ok {
		r.Tensor = strings.TrimPrefix(word, tensorPrefix)
		return nil
	}
	r.Operator, r.Tensor, _ = strings.Cut(operators, separator)
	if r.Operator == "" {
		return errorf(place, "no operator in %q: want %sOPERATOR, such as %sCONV_2D", word, operatorPrefix, operatorPrefix)
	}
	return nil
}

// patternWord is the word that parsePattern reads.
func patternWord(r rule.Rule) string {
	if r.Operator != "" {
		// A separator inside would end it; as a class, its comma is no part of one.
		word := operatorPrefix + strings.ReplaceAll(r.Operator, separator, "[,]"+tensorPrefix)
		if r.Tensor != "" {
			word += separator + r.Tensor
		}
		return word
	}
	if r.Tensor == "" || strings.HasPrefix(r.Tensor, operatorPrefix) || strings.HasPrefix(r.Tensor, tensorPrefix) {
		return tensorPrefix + r.Tensor
	}
	return r.Tensor
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
