// Package options turns words into quantize.Options and back: flags for the
// command and for those that take its options, and recipe files.
package options

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/restore"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
)

// An Error is a mistake in a flag or in a recipe file. It is quantize.ErrOptions.
type Error struct {
	Place  string // such as --type, or recipe.json:3: type; "" where the flag is named in Reason
	Reason string // what is wrong, and what was wanted
}

func (e *Error) Error() string {
	if e.Place == "" {
		return e.Reason
	}
	return e.Place + ": " + e.Reason
}

// Unwrap returns quantize.ErrOptions.
func (e *Error) Unwrap() error { return quantize.ErrOptions }

func errorf(place, form string, args ...any) error {
	return &Error{place, fmt.Sprintf(form, args...)}
}

// settings are options while they are put together, from a recipe file first and
// then from flags.
type settings struct {
	quantize.Options
	// other is another quantizer that the options are for, nil for Quantize Weights.
	other *recipe
	// target is the one of --for, nil without.
	target *target.Target
	// set has the names of flags whose options were set.
	set []string
	// only has the patterns of what is quantized, none for all.
	only []rule.Rule
	// int8Only is the places that set what only int8 has.
	int8Only []string
}

func defaults() *settings {
	return &settings{Options: quantize.Options{MinElements: quantize.DefaultMinElements}}
}

// check checks the settings together.
func (s *settings) check() error {
	if s.isLiteRT() {
		return s.checkLiteRT()
	}
	if s.restores() {
		return s.checkRestoring()
	}
	if len(s.int8Only) > 0 && !s.hasInt8() {
		return errorf(s.int8Only[0], "for int8 only, and the type is %v: remove it, or choose the type int8", s.BufferType)
	}
	return nil
}

// options are the settings as the library takes them.
func (s *settings) options() (quantize.Options, error) {
	if err := s.check(); err != nil {
		return quantize.Options{}, err
	}
	if s.other != nil {
		return quantize.Options{}, errorf("--"+recipeFlag, "invalid recipe %q here: want %q", s.other.name, recipeName)
	}
	return s.aimed(), nil
}

// quantizer is the quantizer that the settings are for.
func (s *settings) quantizer() (quantize.Quantizer, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return s.aim(s.strict()), nil
}

// strict is the quantizer without the target.
func (s *settings) strict() quantize.Quantizer {
	switch {
	case s.isLiteRT():
		return s.strictLiteRT()
	case s.restores():
		return restore.Options{SetMinRuntimeVersion: s.SetMinRuntimeVersion, Repairs: s.Repairs}
	case s.other != nil:
		return strictMLIR{s.other.options(s.aimed()), s.Options}
	}
	return Strict{s.aimed(), &s.Options}
}

// isSet reports whether the option of a flag was set.
func (s *settings) isSet(flag string) bool { return slices.Contains(s.set, flag) }

// hasInt8 reports whether any constant can become int8.
func (s *settings) hasInt8() bool {
	return s.BufferType == quantize.Int8 || slices.ContainsFunc(s.Rules, func(r rule.Rule) bool { return r.Format == quantize.Int8.String() })
}

// onlyInt8 notes a place that sets something that only int8 has.
func (s *settings) onlyInt8(place string) { s.int8Only = append(s.int8Only, place) }

// The values of options that have a few.
var (
	types     = []quantize.BufferType{quantize.Int8, quantize.Float16}
	schemes   = []quantize.Scheme{quantize.Updated, quantize.Legacy}
	roundings = []quantize.Rounding{quantize.Nearest, quantize.PreservedSums}
	formats   = []string{rule.Keep, rule.Default, quantize.Int8.String(), quantize.Float16.String()}
)

func (s *settings) setType(place, word string) error {
	if s.other != nil {
		return errorf(place, "unexpected type: the recipe %s makes %s", s.other.name, s.other.makes())
	}
	return choose(&s.BufferType, types, place, "type", word)
}

func (s *settings) setScheme(place, word string) error {
	s.onlyInt8(place)
	s.set = append(s.set, schemeFlag)
	return choose(&s.Scheme, schemes, place, "scheme", word)
}

func (s *settings) setRounding(place, word string) error {
	switch {
	case !s.isLiteRT():
		s.onlyInt8(place)
	case !s.other.litert.HasIntegers():
		return errorf(place, "not for the recipe %s, which has no integers: remove it", s.other.name)
	}
	s.set = append(s.set, roundingFlag)
	return choose(&s.Rounding, roundings, place, "rounding", word)
}

func (s *settings) setMinElements(place string, n uint64) {
	s.onlyInt8(place)
	s.MinElements = max(n, 1) // 0 stands for the default there
}

func (s *settings) setNoHybrid(place string, on bool) {
	s.onlyInt8(place)
	s.set = append(s.set, noHybridFlag)
	s.NoHybrid = on
}

func (s *settings) denyOp(place, name string) error {
	s.onlyInt8(place)
	op, ok := operatorNamed(name)
	if !ok {
		return errorf(place, "unknown operator %q: did you mean %s?", name, nearestOperator(name))
	}
	s.OpDenylist = append(s.OpDenylist, op)
	return nil
}

// setCustomOp replaces what is set of the operator already.
func (s *settings) setCustomOp(place, name string, op quantize.CustomOp) {
	s.onlyInt8(place)
	if s.CustomOps == nil {
		s.CustomOps = map[string]quantize.CustomOp{}
	}
	s.CustomOps[name] = op
}

func (s *settings) addRule(place string, r rule.Rule) error {
	if r.Format == "" {
		return errorf(place, "no format: want %s", alternatives(formats))
	}
	if !slices.Contains(formats, r.Format) {
		return errorf(place, "invalid format %q: want %s", r.Format, alternatives(formats))
	}
	if err := r.Check(); err != nil {
		return errorf(place, "%v", err)
	}
	s.Rules = append(s.Rules, r)
	return nil
}

// keepOthers puts the rules of only before all others: everything stays but for what
// one of them matches.
func (s *settings) keepOthers() {
	if len(s.only) > 0 {
		s.Rules = slices.Concat([]rule.Rule{{Format: rule.Keep}}, s.only, s.Rules)
		s.only = nil
	}
}

func (s *settings) addOnly(place string, r rule.Rule) error {
	r.Format = rule.Default
	if err := r.Check(); err != nil {
		return errorf(place, "%v", err)
	}
	s.only = append(s.only, r)
	return nil
}

// choose sets to the value that has the name word.
func choose[T fmt.Stringer](to *T, values []T, place, noun, word string) error {
	for _, v := range values {
		if v.String() == word {
			*to = v
			return nil
		}
	}
	return errorf(place, "invalid %s %q: want %s", noun, word, alternatives(names(values)))
}

func names[T fmt.Stringer](values []T) []string {
	var words []string
	for _, v := range values {
		words = append(words, v.String())
	}
	return words
}

// alternatives writes a, b or c.
func alternatives(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
