package options

import (
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
)

// mixedRecipe is the recipe of a budget or a largest error that is given without one.
const mixedRecipe = "int4_searched"

// units are what a size in bytes may end with.
var units = []struct {
	name  string
	bytes float64
}{{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}

func (s *settings) setBudget(place, word string) error {
	s.bounds = append(s.bounds, place)
	s.bound.Share, s.bound.Bytes = 0, 0
	if share, ok := percent(word); ok {
		s.bound.Share = share
		return nil
	}
	for _, u := range units {
		digits, ok := strings.CutSuffix(word, u.name)
		if !ok {
			continue
		}
		if n, ok := positive(strings.TrimSpace(digits)); ok && n*u.bytes >= 1 && n*u.bytes < 1<<62 {
			s.bound.Bytes = int64(n * u.bytes)
			return nil
		}
	}
	return errorf(place, "invalid size %q: want a part of the model's bytes such as 20%%, or bytes such as 3MB", word)
}

func (s *settings) setMaxError(place, word string) error {
	s.bounds = append(s.bounds, place)
	share, ok := percent(word)
	if !ok {
		return errorf(place, "invalid share %q: want one of the values such as 10%%", word)
	}
	s.bound.Error = share
	return nil
}

// percent reads a number above 0 and %.
func percent(word string) (share float64, ok bool) {
	digits, ok := strings.CutSuffix(word, "%")
	if !ok {
		return 0, false
	}
	n, ok := positive(strings.TrimSpace(digits))
	return n / 100, ok && n/100 > 0
}

func positive(digits string) (float64, bool) {
	n, err := strconv.ParseFloat(digits, 64)
	return n, err == nil && n > 0 && n <= 1e300
}

// checkBound reports a bound that cannot be used.
func (s *settings) checkBound() error {
	if len(s.bounds) == 0 {
		return nil
	}
	place := s.bounds[len(s.bounds)-1]
	if s.bound.Error > 0 && (s.bound.Share > 0 || s.bound.Bytes > 0) {
		return errorf(place, "given beside %s: want one of the two, a size or an error", s.bounds[0])
	}
	if s.isLiteRT() && s.other.litert.Mixes() {
		return nil
	}
	name := recipeName
	if s.other != nil {
		name = s.other.name
	}
	return errorf(place, "not for the recipe %s, which has not both int8 and fewer bits: want %s", name, alternatives(MixedRecipes()))
}

// MixedRecipes are those that have int8 and fewer bits.
func MixedRecipes() []string {
	var names []string
	for _, r := range litert.Recipes() {
		if r.Mixes() {
			names = append(names, r.Name)
		}
	}
	return names
}
